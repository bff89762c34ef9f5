"use strict";
// Verifies a Rankacy webhook. Node 16 or later.
//
// Give it the body's raw bytes, before any JSON is read:
// Express: app.post(path, express.raw({ type: "*/*" }), ...)
// gives them as req.body.
// No time is signed: remember the digests to see a replay.

const crypto = require("node:crypto");
const readline = require("node:readline");

// body: a Buffer; header: X-Rankacy-Signature, as it came.
function verify(body, header, secret) {
  if (!secret || !header) return false;
  const mac = crypto.createHmac("sha256", secret).update(body);
  const expected = Buffer.from("sha256=" + mac.digest("hex"));
  const given = Buffer.from(String(header));
  // timingSafeEqual throws where the lengths differ.
  if (given.length !== expected.length) return false;
  return crypto.timingSafeEqual(given, expected);
}

// A line of JSON (body_base64, header, secret): true or false.
async function main() {
  const lines = readline.createInterface({ input: process.stdin });
  for await (const line of lines) {
    const told = JSON.parse(line);
    const body = Buffer.from(told.body_base64, "base64");
    console.log(String(verify(body, told.header, told.secret)));
  }
}

module.exports = { verify };
if (require.main === module) main();
