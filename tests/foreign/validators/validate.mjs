// SPDX-License-Identifier: Apache-2.0
// Every document of a server, judged by other people's programs, as a stranger sees it and as an
// administrator does.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { compileErrors, validate } from "@readme/openapi-parser";
import Ajv7 from "ajv";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const require = createRequire(import.meta.url);
const { validateOpenRPCDocument, parseOpenRPCDocument } = require("@open-rpc/schema-utils-js");
const server = `http://${process.env.PARLEY_SERVER}`;
const basic = { Authorization: "Basic " + Buffer.from("admin:admin").toString("base64") };
const database = process.env.PARLEY_DATABASE ?? "v8dev";

async function get(location, headers) {
  const response = await fetch(server + location, { headers });
  assert.equal(response.status, 200, `${location}: ${response.status}`);
  assert.match(response.headers.get("content-type"), /^application\/json/);
  const etag = response.headers.get("etag");
  const again = await fetch(server + location, { headers: { ...headers, "If-None-Match": etag } });
  assert.equal(again.status, 304);
  assert.equal(await again.text(), "");
  return response.json();
}

const ajv7 = addFormats(new Ajv7({ strict: false, allErrors: true }));
const ajv2020 = addFormats(new Ajv2020({ strict: false, allErrors: true }));

function compiles(ajv, name, schema) {
  const { $schema, $id, ...rest } = schema;
  try {
    ajv.compile(rest);
  } catch (error) {
    assert.fail(`${name}: ${error.message}`);
  }
}
/// Schemas are valid in both drafts; `$ref`s are resolved by hand, as their home is another document.
function compilesInBoth(name, schema, components = {}) {
  const text = JSON.stringify(schema).replaceAll("#/components/schemas/", "#/$defs/");
  const $defs = JSON.parse(JSON.stringify(components).replaceAll("#/components/schemas/", "#/$defs/"));
  const whole = { ...JSON.parse(text), $defs };
  compiles(ajv2020, name, whole);
  compiles(ajv7, name, whole);
}

function lint(document, folder) {
  const file = path.join(folder, "openapi.json");
  writeFileSync(file, JSON.stringify(document));
  const config = path.join(folder, "redocly.yaml");
  // What is off is advice, no rule of the standard: a licence, several servers, ambiguous templates.
  writeFileSync(config, "extends: [recommended]\nrules:\n  info-license: off\n  no-server-example.com: off\n  no-ambiguous-paths: off\n");
  const cli = path.join(path.dirname(require.resolve("@redocly/cli/package.json")), "bin/cli.js");
  const environment = { ...process.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true", CI: "true" };
  try {
    return execFileSync(process.execPath, [cli, "lint", "--config", config, "--format", "summary", file], { env: environment, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    assert.fail(`redocly: ${error.stdout}${error.stderr}`.slice(0, 4000));
  }
}

async function openapi(headers, folder) {
  const document = await get("/openapi.json", headers);
  const judged = await new Validator().validate(structuredClone(document));
  assert.ok(judged.valid, `@seriousme: ${JSON.stringify(judged.errors)?.slice(0, 2000)}`);
  const other = await validate(structuredClone(document));
  assert.ok(other.valid, `@readme: ${other.valid ? "" : compileErrors(other).slice(0, 2000)}`);
  lint(document, folder);
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  const ids = operations.map((operation) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const [name, schema] of Object.entries(document.components.schemas)) compilesInBoth(name, schema, document.components.schemas);
  return operations.length;
}

async function openrpc(headers) {
  const document = await get("/openrpc.json", headers);
  assert.equal(validateOpenRPCDocument(structuredClone(document)), true);  // against the meta-schema
  await parseOpenRPCDocument(structuredClone(document));
  const components = document.components.schemas;
  for (const method of [...document.methods, ...(document["x-model-methods"] ?? [])]) {
    for (const param of method.params) compilesInBoth(`${method.name} ${param.name}`, param.schema, components);
    compilesInBoth(`${method.name} result`, method.result.schema, components);
  }
  const answer = await fetch(server + "/jsonrpc/2", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "rpc.discover" }),
  });
  if (!headers) assert.deepEqual((await answer.json()).result, document);
  return document.methods.length;
}

async function schemas(headers) {
  const index = await get("/schemas.json", headers);
  for (const places of Object.values(index))
    for (const place of Object.values(places)) compilesInBoth(place, await get(place, headers));
  return Object.keys(index).length;
}

async function tools(headers) {
  let count = 0;
  for (let cursor; ; ) {
    const answer = await fetch(server + "/mcp", {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: { cursor } }),
    });
    const { result } = await answer.json();
    for (const tool of result.tools) {
      compilesInBoth(tool.name, tool.inputSchema);
      if (tool.outputSchema) compilesInBoth(tool.name, tool.outputSchema);
    }
    count += result.tools.length;
    cursor = result.nextCursor;
    if (cursor === undefined) return count;
  }
}

const folder = mkdtempSync(path.join(tmpdir(), "parley-documents-"));
try {
  for (const [who, headers] of [["a stranger", undefined], ["an administrator", { ...basic, "X-Odoo-Database": database }]])
    console.log(`${who}: OpenAPI ${await openapi(headers, folder)} operations, OpenRPC ${await openrpc(headers)} methods, ` +
      `JSON Schema of ${await schemas(headers)} methods, ${await tools(headers)} tools`);
} finally {
  rmSync(folder, { recursive: true });
}
