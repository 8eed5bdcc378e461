// Says whether mailauth verifies each signature of letters: node mailauth.cjs RECORDS.json FILE...
"use strict";
const fs = require("fs");
const { dkimVerify } = require("mailauth/lib/dkim/verify");

const records = JSON.parse(fs.readFileSync(process.argv[2], "ascii"));

async function resolver(name, type) {
  const value = type === "TXT" && records[name.toLowerCase()];
  if (value) return [[value]];
  throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
}

async function main() {
  for (const file of process.argv.slice(3)) {
    const { results } = await dkimVerify(fs.readFileSync(file), { resolver });
    console.log(results.map((one) => one.status.result).join(" "));
  }
}

main();
