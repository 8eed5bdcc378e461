// A warm mjml for compose.py: reads {"mjml": "…"} lines, answers {"ms", "bytes", "errors"} lines.
// Only the compilation is timed, not reading or writing. Argument: the node_modules folder.

const { createRequire } = require("node:module");
const { createInterface } = require("node:readline");
const { join } = require("node:path");

const load = createRequire(join(process.argv[2], "anchor.js"));
const loaded = load("mjml");
const mjml2html = loaded.default ?? loaded;
const OPTIONS = { validationLevel: "soft", minify: false };

async function answer(line) {
  const { mjml } = JSON.parse(line);
  const start = process.hrtime.bigint();
  const { html, errors } = await mjml2html(mjml, OPTIONS);
  const ms = Number(process.hrtime.bigint() - start) / 1e6;
  return { ms, bytes: Buffer.byteLength(html), errors: errors.length };
}

async function serve() {
  const version = load("mjml/package.json").version;
  process.stdout.write(JSON.stringify({ version, node: process.version }) + "\n");
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(line)) + "\n");
  }
}

serve();
