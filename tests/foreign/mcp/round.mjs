// SPDX-License-Identifier: Apache-2.0
// What each MCP client does with a server of ours, whatever its revision: looks around as a
// stranger, then creates, reads, changes and deletes a record of the database v8dev.
import assert from "node:assert/strict";

export const url = new URL(`http://${process.env.PARLEY_SERVER}/mcp`);
export const asAdmin = {
  requestInit: {
    headers: {
      Authorization: "Basic " + Buffer.from("admin:admin").toString("base64"),
      "X-Odoo-Database": process.env.PARLEY_DATABASE ?? "v8dev",
    },
  },
};

async function allTools(client) {
  const tools = [];
  for (let cursor; ; ) {
    const page = await client.listTools(cursor === undefined ? {} : { cursor });
    tools.push(...page.tools);
    cursor = page.nextCursor;
    if (cursor === undefined) return tools;
  }
}

/// The data of a tool's result, which is said as text too.
async function call(client, name, args) {
  const result = await client.callTool({ name, arguments: args });
  const text = result.content[0].text;
  assert.ok(!result.isError, `${name}: ${text}`);
  const data = result.structuredContent;
  const plain = data !== null && typeof data === "object" && !Array.isArray(data) && "result" in data ? data.result : data;
  assert.deepEqual(typeof plain === "string" ? plain : JSON.parse(text), plain);
  return plain;
}

async function failure(client, name, args) {
  const result = await client.callTool({ name, arguments: args });
  assert.equal(result.isError, true);
  return result.content[0].text;
}

export async function strangers(client) {
  for (const tool of await allTools(client)) assert.ok(!tool.name.startsWith("model."), tool.name);
  await assert.rejects(client.callTool({ name: "no_such_tool", arguments: {} }), /Unknown tool: no_such_tool/);
}

export async function users(client) {
  const tools = await allTools(client);
  const names = tools.map((tool) => tool.name);
  assert.deepEqual(names, [...names].sort());
  const search = tools.find((tool) => tool.name === "model.search_read");
  assert.equal(search.annotations.readOnlyHint, true);
  assert.ok(search.inputSchema.required.includes("model"));
  assert.equal(tools.find((tool) => tool.name === "model.unlink").annotations.destructiveHint, true);

  const model = "res.partner";
  const id = await call(client, "model.create", { model, vals_list: { name: "Möbel & Söhne" } });
  assert.ok(Number.isInteger(id));
  await call(client, "model.write", { model, ids: [id], vals: { city: "Brno" } });
  const rows = await call(client, "model.search_read", { model, domain: [["id", "=", id]], fields: ["name", "city"], limit: 1 });
  assert.deepEqual(rows, [{ id, name: "Möbel & Söhne", city: "Brno" }]);
  assert.equal(await call(client, "model.unlink", { model, ids: [id] }), true);
  assert.deepEqual(await call(client, "model.search_count", { model, domain: [["id", "=", id]] }), 0);

  assert.match(await failure(client, "model.search_read", { model, domain: [["no_field", "=", 1]] }), /no_field/);
  assert.match(await failure(client, "model.search_read", { model: "no.model", domain: [] }), /no\.model/);
  assert.match(await failure(client, "model.search_read", { model, domain: [], bound: 1 }), /bound/);
  assert.match(await failure(client, "model.search_read", { domain: [] }), /model: expected/);
}
