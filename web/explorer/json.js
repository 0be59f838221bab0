// SPDX-License-Identifier: Apache-2.0
// JSON text as text: numbers keep the digits they were written with, which JSON.parse would round.

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Whether `text` is a JSON number. */
export function isNumber(text) {
  return NUMBER.test(text);
}

/** Whether `text` is a JSON document. */
export function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** `text` (valid JSON) with line breaks and indents; its tokens stay as they are. */
export function indented(text) {
  let out = "";
  let depth = 0;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? [];
  const newLine = () => "\n" + "  ".repeat(Math.min(depth, 40));
  tokens.forEach((token, at) => {
    const isEmpty = (tokens[at + 1] === "]" && token === "[") || (tokens[at + 1] === "}" && token === "{");
    const closesEmpty = (tokens[at - 1] === "[" && token === "]") || (tokens[at - 1] === "{" && token === "}");
    if (token === "[" || token === "{") {
      depth += 1;
      out += token + (isEmpty ? "" : newLine());
    } else if (token === "]" || token === "}") {
      depth -= 1;
      out += (closesEmpty ? "" : newLine()) + token;
    } else if (token === ",") {
      out += token + newLine();
    } else {
      out += token === ":" ? ": " : token;
    }
  });
  return out;
}
