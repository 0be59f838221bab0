// SPDX-License-Identifier: Apache-2.0
// One call in each way a page can make it, and what is known about a server's methods.
// An argument is {name, json, text}: its JSON, and how a query or a form writes it.
import { isJson } from "./json.js";

const SECONDS_MAX = 60;
const MULTICALL_MAX = 1000; // the server's limit
const JSONP_CALLS_MAX = 20; // they go into an address
const AT_ONCE = 6;

/** The ways, in the order they are offered. */
export const WAYS = { json: "POST JSON", form: "POST form", get: "GET", jsonp: "GET JSONP" };

/** A call got no answer that can be read. */
export class NoAnswer extends Error {}

/** The server's answer has a status other than 200. */
export class Refused extends Error {}

function pathOf(method) {
  return "/" + encodeURIComponent(method);
}

function queryOf(args) {
  return new URLSearchParams(args.map((one) => [one.name, one.text])).toString();
}

function bodyOf(args) {
  return "{" + args.map((one) => JSON.stringify(one.name) + ": " + one.json).join(", ") + "}";
}

let frames = 0;

/** A script of another server runs in a frame that has no origin, and goes with it. */
function jsonp(url) {
  return new Promise((resolve, reject) => {
    const frame = document.createElement("iframe");
    const name = "parley" + ++frames;
    const end = (settle, value) => {
      clearTimeout(timer);
      removeEventListener("message", hear);
      frame.remove();
      settle(value);
    };
    const hear = ({ source, data }) => {
      if (source !== frame.contentWindow) return;
      if (data.isReady) frame.contentWindow.postMessage({ url: url + (url.includes("?") ? "&" : "?") + "callback=" + name, name }, "*");
      else if (typeof data.text === "string") end(resolve, data.text);
      else end(reject, new NoAnswer("no script came back"));
    };
    const timer = setTimeout(() => end(reject, new NoAnswer("no script came back in time")), SECONDS_MAX * 1000);
    addEventListener("message", hear);
    frame.sandbox = "allow-scripts";
    frame.src = "/_explorer/jsonp.html";
    document.body.append(frame);
  });
}

/**
 * Makes a call.
 * @param {{address: string, key: string, okOnly: boolean}} server
 * @returns {{request: string, reply: string, httpStatus: number|null}} all as sent and received
 */
export async function send(server, method, args, way) {
  let target = pathOf(method);
  const query = queryOf(args);
  if ((way === "get" || way === "jsonp") && query !== "") target += "?" + query;
  const url = server.address.replace(/\/+$/, "") + target;
  if (way === "jsonp") return { request: `GET ${target} as a script`, reply: await jsonp(url), httpStatus: null };

  const headers = {};
  if (server.key !== "") headers.Authorization = "Bearer " + server.key;
  if (server.okOnly) headers["Reply-OK-Only"] = "1";
  const options = { headers, credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" };
  if (way === "json" || way === "form") {
    // text/plain needs no permission that a server of another origin would have to give first.
    const isOwn = new URL(url).origin === location.origin;
    headers["Content-Type"] = way === "form" ? "application/x-www-form-urlencoded" : isOwn ? "application/json" : "text/plain";
    options.method = "POST";
    options.body = way === "form" ? query : bodyOf(args);
  }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${name === "Authorization" ? "Bearer ..." : value}\n`);
  const request = `${options.method ?? "GET"} ${target}\n${head.join("")}${options.body ? "\n" + options.body : ""}`;
  try {
    const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(SECONDS_MAX * 1000) });
    return { request, reply: await answer.text(), httpStatus: answer.status };
  } catch (failure) {
    throw new NoAnswer(failure.message);
  }
}

/** What the method gave. */
async function ask(server, method, args, way) {
  const { reply } = await send(server, method, args, way);
  if (!isJson(reply)) throw new NoAnswer("the answer is no JSON");
  const envelope = JSON.parse(reply);
  if (envelope?.status !== 200) throw new Refused(envelope?.status_message ?? "the answer has no status");
  return envelope[method];
}

function named(name, value) {
  const json = JSON.stringify(value);
  return { name, json, text: typeof value === "string" ? value : json };
}

async function describeByMulticall(server, names, way) {
  const found = new Map();
  const most = (way === "jsonp" ? JSONP_CALLS_MAX : MULTICALL_MAX) / 2;
  for (let first = 0; first < names.length; first += most) {
    const some = names.slice(first, first + most);
    const calls = some.flatMap((name) => ["system_method_sig", "system_method_help"].map((method) => ({ method, params: { method: name } })));
    const answers = await ask(server, "system_multicall", [named("calls", calls)], way);
    some.forEach((name, at) => found.set(name, {
      sig: answers[2 * at].system_method_sig,
      help: answers[2 * at + 1].system_method_help ?? "",
    }));
  }
  return found;
}

async function describeOneByOne(server, names, way) {
  const found = new Map();
  const left = [...names];
  const work = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      const about = [named("method", name)];
      try {
        const sig = await ask(server, "system_method_sig", about, way);
        found.set(name, { sig, help: (await ask(server, "system_method_help", about, way)) ?? "" });
      } catch (failure) {
        if (!(failure instanceof Refused)) throw failure;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

/**
 * The server's methods: map of name -> {sig, help}, and the way that reached it ("json" or "jsonp").
 * Asked in one call of many if the server takes it, else one by one; as scripts if nothing else can be read.
 */
export async function describe(server) {
  let way = "json";
  let names;
  try {
    names = await ask(server, "system_list_methods", [], "get");
  } catch (failure) {
    if (!(failure instanceof NoAnswer)) throw failure;
    way = "jsonp";
    names = await ask(server, "system_list_methods", [], way);
  }
  try {
    return { way, methods: await describeByMulticall(server, names, way) };
  } catch {
    return { way, methods: await describeOneByOne(server, names, way === "jsonp" ? way : "get") };
  }
}
