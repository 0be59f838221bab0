// SPDX-License-Identifier: Apache-2.0
// The official TypeScript client of 2026-07-28, pinned to it, choosing by itself, and as one of the
// time before.
import assert from "node:assert/strict";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { asAdmin, strangers, url, users } from "./round.mjs";

async function session(mode, options, play) {
  const client = new Client({ name: "sdk_v2", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(url, options));
  const version = client.getNegotiatedProtocolVersion();
  await play(client);
  await client.close();
  return version;
}

const modern = "2026-07-28";
for (const [mode, expected] of [[{ pin: modern }, modern], ["auto", modern], ["legacy", "2025-11-25"]]) {
  assert.equal(await session(mode, {}, strangers), expected);
  await session(mode, asAdmin, users);
}
console.log("sdk v2: content");
