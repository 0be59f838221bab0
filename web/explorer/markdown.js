// SPDX-License-Identifier: Apache-2.0
// The little of Markdown that help texts use, as nodes: headings, paragraphs, lists, fences, `code`,
// **strong** and links to web addresses. Everything else stays the text it is.

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;

function element(name, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return made;
}

function inline(text) {
  const nodes = [];
  let at = 0;
  for (const hit of text.matchAll(INLINE)) {
    nodes.push(text.slice(at, hit.index));
    if (hit[1] !== undefined) nodes.push(element("code", hit[1]));
    else if (hit[2] !== undefined) nodes.push(element("strong", hit[2]));
    else nodes.push(Object.assign(element("a", hit[3]), { href: hit[4], rel: "noreferrer noopener" }));
    at = hit.index + hit[0].length;
  }
  return [...nodes, text.slice(at)];
}

function block(text) {
  const heading = /^(#{1,4})\s+(.*)$/.exec(text);
  if (heading) return element("h" + (heading[1].length + 2), ...inline(heading[2]));
  const lines = text.split("\n");
  if (lines.every((one) => /^\s*[-*]\s/.test(one)))
    return element("ul", ...lines.map((one) => element("li", ...inline(one.replace(/^\s*[-*]\s+/, "")))));
  return element("p", ...inline(text));
}

/** The nodes of a text in Markdown. */
export function markdown(text) {
  const parts = text.replaceAll("\r\n", "\n").split(/^```.*$/m);
  return parts.flatMap((part, at) => {
    if (at % 2 === 1) return [element("pre", part.replace(/^\n/, ""))];
    return part.replace(/^(#{1,4}\s.*)$/gm, "\n$1\n").split(/\n\s*\n/).map((one) => one.trim()).filter(Boolean).map(block);
  });
}
