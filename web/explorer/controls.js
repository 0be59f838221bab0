// SPDX-License-Identifier: Apache-2.0
// A control for each type of a parameter. A control is {element, read}; read() gives {json, text},
// and throws Wrong with a sentence for somebody who filled it in.
import { isJson, isNumber } from "./json.js";

/** What stands in a control is not of its type. */
export class Wrong extends Error {}

function text(element) {
  return { element, read: () => ({ json: JSON.stringify(element.value), text: element.value }) };
}

function line(attributes) {
  return Object.assign(document.createElement("input"), { type: "text", size: 30, ...attributes });
}

function area(placeholder) {
  return Object.assign(document.createElement("textarea"), { rows: 2, placeholder });
}

function choice(options) {
  const element = document.createElement("select");
  for (const [label, title] of options) element.append(Object.assign(document.createElement("option"), { value: label, textContent: label, title }));
  return element;
}

function number(pattern, sentence) {
  const element = line({ inputMode: "decimal", autocomplete: "off" });
  const read = () => {
    const written = element.value.trim();
    if (!pattern.test(written)) throw new Wrong(sentence);
    return { json: isNumber(written) ? written : JSON.stringify(written), text: written };
  };
  return { element, read };
}

function json(placeholder, isAllowed, sentence) {
  const element = area(placeholder);
  const read = () => {
    const written = element.value.trim();
    if (!isJson(written) || !isAllowed(JSON.parse(written))) throw new Wrong(sentence);
    const value = JSON.parse(written);
    return { json: written, text: typeof value === "string" ? value : written };
  };
  return { element, read };
}

function matching(pattern, placeholder, sentence) {
  const control = text(line({ placeholder, autocomplete: "off" }));
  const read = () => {
    if (!pattern.test(control.element.value)) throw new Wrong(sentence);
    return control.read();
  };
  return { element: control.element, read };
}

function bool() {
  const element = choice([["true"], ["false"]]);
  return { element, read: () => ({ json: element.value, text: element.value }) };
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const MAKERS = {
  str: () => text(area("")),
  int: () => number(/^[+-]?\d+$/, "a whole number"),
  float: () => number(/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/, "a number like 1.5"),
  decimal: () => number(/^[+-]?\d+(\.\d+)?$/, "a number like 12.30"),
  bool,
  date: () => text(line({ type: "date" })),
  datetime: () => matching(/^\d{4}-?\d\d-?\d\d/, "2024-02-29T13:01:15Z", "a date and time like 2024-02-29T13:01:15Z"),
  time: () => matching(/^\d\d:\d\d/, "13:01:15.4589", "a time like 13:01:15.4589"),
  uuid: () => matching(/^[0-9a-f-]{36}$/i, "8-4-4-4-12 hexadecimal digits", "a UUID"),
  binary: () => text(area("base64")),
  list: () => json("[1, 2]", Array.isArray, "a JSON list"),
  dict: () => json('{"key": "value"}', isObject, "a JSON object"),
  any: () => json('any JSON: 5, "text", [1, 2]', () => true, 'JSON; a text stands between quotes: "text"'),
};

/** The control of a parameter of a signature; unknown types are written as JSON. */
export function controlOf(parameter) {
  if (parameter.members) return text(choice(Object.entries(parameter.members).map(([name, value]) => [name, String(value)])));
  return (MAKERS[parameter.type] ?? MAKERS.any)();
}
