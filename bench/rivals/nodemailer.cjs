// Sends letters with nodemailer's pool and prints {"letters", "seconds"}.
//
//   node nodemailer.cjs ready|composed PORT CONNECTIONS LETTERS FOLDER
//
// ready: the bytes of letter.eml, the same for all. composed: message.html and message.txt with
// each recipient's own name and link in them, which is how nodemailer is commonly used.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const nodemailer = require("nodemailer");

const WARM_UP = 100;
const [kind, port, connections, letters, folder] = process.argv.slice(2);
const read = (name) => fs.readFileSync(path.join(folder, name));
const ready = read("letter.eml");
const html = read("message.html").toString();
const text = read("message.txt").toString();

const pool = nodemailer.createTransport({
  pool: true,
  host: "127.0.0.1",
  port: Number(port),
  ignoreTLS: true,
  maxConnections: Number(connections),
  maxMessages: Infinity,
});

function personal(words, number) {
  return words
    .replaceAll("[[infomail:name]]", `Reader ${number}`)
    .replaceAll("[[infomail:unsubscribe_url]]", `https://news.example.org/leave/${number}`)
    .replaceAll("[[infomail:preferences_url]]", `https://news.example.org/preferences/${number}`);
}

function mail(number) {
  const to = `reader${number}@example.org`;
  const from = `bounces+${number}@example.org`;
  if (kind === "ready") return { envelope: { from, to }, raw: ready };
  return {
    envelope: { from, to },
    from: "Editor <editor@example.org>",
    to,
    subject: "Monthly Update",
    html: personal(html, number),
    text: personal(text, number),
    list: { unsubscribe: `https://news.example.org/leave/${number}` },
  };
}

async function send(count) {
  let number = 0;
  const sender = async () => {
    while (number < count) await pool.sendMail(mail(number++));
  };
  await Promise.all(Array.from({ length: 2 * Number(connections) }, sender));
}

async function main() {
  await send(WARM_UP);
  const start = process.hrtime.bigint();
  await send(Number(letters));
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  pool.close();
  console.log(JSON.stringify({ letters: Number(letters), warm_up: WARM_UP, seconds }));
}

main();
