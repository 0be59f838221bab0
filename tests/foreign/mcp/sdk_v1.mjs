// SPDX-License-Identifier: Apache-2.0
// The official TypeScript SDK of before 2026-07-28: handshake, then requests.
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { asAdmin, strangers, url, users } from "./round.mjs";

async function session(options, play) {
  const client = new Client({ name: "sdk_v1", version: "1" });
  const transport = new StreamableHTTPClientTransport(url, options);
  await client.connect(transport);
  assert.ok(client.getServerVersion().name.length > 0);
  assert.ok(client.getServerCapabilities().tools);
  await client.ping();
  await play(client);
  await client.close();
  return transport.protocolVersion;
}

assert.equal(await session({}, strangers), "2025-11-25");
await session(asAdmin, users);
const wrong = { requestInit: { headers: { Authorization: "Bearer nobody" } } };
await assert.rejects(session(wrong, (client) => client.listTools()), /401/);
console.log("sdk v1: content");
