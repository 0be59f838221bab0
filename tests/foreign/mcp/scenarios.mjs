// SPDX-License-Identifier: Apache-2.0
// The official conformance tool against the server at PARLEY_SERVER: every scenario of the revisions
// we speak, one process each. A scenario that fails must stand in not_for_us.txt with a reason, and
// one that stands there must fail.
import { execFile } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const here = import.meta.dirname;
const tool = path.join(here, "node_modules/@modelcontextprotocol/conformance/dist/index.js");
const url = `http://${process.env.PARLEY_SERVER}/mcp`;
const run = promisify(execFile);
const only = process.argv[3] ?? "";

async function scenarios(version) {
  const { stdout } = await run(process.execPath, [tool, "list", "--server", "--spec-version", version]);
  return [...stdout.matchAll(/^ {2}- (\S+) \[([^\]]*)\]/gm)]
    .filter(([, , versions]) => versions.split(",").includes(version))
    .map(([, name]) => name);
}

async function passes(name, version) {
  try {
    const { stdout } = await run(process.execPath, [tool, "server", "--url", url, "--scenario", name, "--spec-version", version], { timeout: 60_000, cwd: here });
    return { isGood: true, text: stdout };
  } catch (error) {
    return { isGood: false, text: `${error.stdout}${error.stderr}` };
  } finally {
    rmSync(path.join(here, "results"), { recursive: true, force: true });
  }
}

const excused = new Map();
for (const line of readFileSync(process.argv[2], "utf8").split("\n"))
  if (line && !line.startsWith("#")) excused.set(line.split(" ")[0], line.slice(line.indexOf(" ") + 1));

let failed = 0;
for (const version of ["2026-07-28", "2025-11-25", "2025-06-18"]) {
  const counts = { passed: 0, "not for us": 0, failed: 0 };
  for (const name of await scenarios(version)) {
    if (!name.includes(only)) continue;
    const { isGood, text } = await passes(name, version);
    const isExcused = excused.has(name);
    const verdict = isGood && !isExcused ? "passed" : !isGood && isExcused ? "not for us" : "failed";
    counts[verdict]++;
    console.log(`${version} ${verdict === "failed" ? "FAIL" : verdict} ${name}${isExcused ? `: ${excused.get(name)}` : ""}`);
    if (verdict === "failed") console.log(isGood ? "     passes; its line can go" : text.split("\n").filter((line) => /FAILURE|Error:/.test(line)).map((line) => `     ${line}`).join("\n"));
    failed += verdict === "failed";
  }
  console.log(`${version}: ` + Object.entries(counts).map(([verdict, count]) => `${count} ${verdict}`).join(", "));
}
process.exit(failed ? 1 : 0);
