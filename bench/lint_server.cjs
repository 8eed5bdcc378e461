// A warm caniemail linter for checks.py: reads {"html": "…"} lines, answers {"ms", "issues"} lines.
// Only the linting is timed, not reading or writing. Argument: the node_modules folder.

const { readFileSync } = require("node:fs");
const { createInterface } = require("node:readline");
const { join, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");

const home = resolve(process.argv[2], "caniemail");

async function serve() {
  const { caniemail } = await import(pathToFileURL(join(home, "dist", "index.js")));
  const { version } = JSON.parse(readFileSync(join(home, "package.json")));
  process.stdout.write(JSON.stringify({ version, node: process.version }) + "\n");
  for await (const line of createInterface({ input: process.stdin })) {
    const { html } = JSON.parse(line);
    const start = process.hrtime.bigint();
    const { issues } = caniemail({ clients: ["*"], html });
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    const found = issues.errors.size + issues.warnings.size;
    process.stdout.write(JSON.stringify({ ms, issues: found }) + "\n");
  }
}

serve();
