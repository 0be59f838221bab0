// SPDX-License-Identifier: Apache-2.0
// The page: loads what a server says of its methods, and makes a form for each. Nothing of what a server
// says becomes markup but by markdown.js, and nothing is kept when the page is left.
import { describe, send, WAYS } from "./calls.js";
import { controlOf, Wrong } from "./controls.js";
import { indented, isJson } from "./json.js";
import { markdown } from "./markdown.js";

const at = (id) => document.getElementById(id);

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/** `name(str required, [int opt]) -> dict` */
function signature(name, sig) {
  const one = (parameter) => (parameter.required ? `${parameter.type} ${parameter.name}` : `[${parameter.type} ${parameter.name}]`);
  return `${name}(${sig.params.map(one).join(", ")}) -> ${sig.returns?.type ?? "any"}`;
}

/** A row of the form: what is to be given, and read() for the arguments of it: one, or none when left out. */
function row(parameter) {
  const control = controlOf(parameter);
  const wrong = element("span", { className: "wrong" });
  const given = element("input", { type: "checkbox", checked: parameter.required, disabled: parameter.required, title: "give it" });
  control.element.name = parameter.name;
  control.element.addEventListener("input", () => { given.checked = true; });
  const hints = [];
  if (parameter.help) hints.push(parameter.help);
  if (parameter.options?.length) hints.push("one of: " + parameter.options.join(", "));
  if (parameter.default !== undefined) hints.push("if left out: " + JSON.stringify(parameter.default));
  const label = element("label", {}, `${parameter.required ? parameter.name : `[${parameter.name}]`} `);
  const line = element("tr", {}, element("td", {}, given), element("td", {}, label, element("br"), element("code", {}, parameter.type)),
    element("td", {}, control.element, " ", wrong, element("div", { className: "help" }, hints.join(" "))));
  const read = () => {
    wrong.textContent = "";
    if (!given.checked) return [];
    try {
      return [{ name: parameter.name, ...control.read() }];
    } catch (failure) {
      if (failure instanceof Wrong) wrong.textContent = failure.message;
      throw failure;
    }
  };
  return { line, read };
}

function shown(text) {
  return isJson(text) ? indented(text) : text;
}

/** The inside of a method: help, form, and what was sent and came back. */
function inside(server, name, { sig, help }, firstWay) {
  const rows = sig.params.map(row);
  const way = element("select", { name: "way" }, ...Object.entries(WAYS).map(([value, label]) => element("option", { value, textContent: label })));
  way.value = firstWay;
  const okOnly = element("input", { type: "checkbox", name: "ok-only" });
  const request = element("pre", { className: "request" });
  const reply = element("pre", { className: "reply" });
  const exchange = element("div", { hidden: true }, "sent", request, "came back", reply);
  const form = element("form", {}, element("table", {}, ...rows.map((one) => one.line)),
    element("p", {}, element("label", {}, "as ", way), element("label", {}, okOnly, " Reply-OK-Only"), element("button", {}, "Call")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let args;
    try {
      args = rows.flatMap((one) => one.read());
    } catch (failure) {
      if (failure instanceof Wrong) return;
      throw failure;
    }
    exchange.hidden = false;
    request.textContent = reply.textContent = "...";
    try {
      const done = await send({ ...server, okOnly: okOnly.checked }, name, args, way.value);
      request.textContent = done.request;
      reply.textContent = (done.httpStatus === null ? "" : `HTTP ${done.httpStatus}\n`) + shown(done.reply);
    } catch (failure) {
      request.textContent = name;
      reply.textContent = "No answer that this page may read: " + failure.message;
    }
  });
  return element("div", { className: "method" }, ...markdown(help), form, exchange);
}

/** A line for each method; what is inside is made when it is opened first. */
function list(server, found) {
  const lines = [...found.methods].filter(([, about]) => about.sig).map(([name, about]) => {
    const line = element("details", {}, element("summary", {}, signature(name, about.sig)));
    line.dataset.method = name;
    line.addEventListener("toggle", () => line.append(inside(server, name, about, found.way)), { once: true });
    return line;
  });
  at("methods").replaceChildren(...lines);
  at("narrow").hidden = lines.length < 2;
  return lines.length;
}

let keyOrigin = location.origin;

/** A key that was typed for one server is not sent to another. */
function forgetKeyOfOthers() {
  let origin = "";
  try {
    origin = new URL(at("address").value, location.href).origin;
  } catch {
    // an address that is being typed
  }
  if (origin !== keyOrigin) at("key").value = "";
  keyOrigin = origin;
}

async function load(event) {
  event.preventDefault();
  const server = { address: at("address").value, key: at("key").value.trim(), okOnly: false };
  at("state").textContent = "asking ...";
  try {
    const found = await describe(server);
    const count = list(server, found);
    at("state").textContent = `${count} methods` + (found.way === "jsonp" ? ", read as scripts: pages of other origins may not read its answers" : "");
  } catch (failure) {
    at("methods").replaceChildren();
    at("state").textContent = "This address did not tell its methods: " + failure.message;
  }
}

at("address").value = location.origin;
at("address").addEventListener("change", forgetKeyOfOthers);
at("load").addEventListener("submit", load);
at("find").addEventListener("input", () => {
  for (const line of at("methods").children) line.hidden = !line.dataset.method.includes(at("find").value);
});
for (const text of document.querySelectorAll(".markdown")) text.replaceChildren(...markdown(text.textContent));
