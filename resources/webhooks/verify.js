"use strict";
// Verifies a Rankacy webhook. Node 16 or later, nothing to install.
//
// Give it the body's raw bytes, before any JSON is read:
// Express: app.post(path, express.raw({ type: "*/*" }), ...) and req.body.
// Nothing signed names a time: to see a delivery twice, remember the digests.

const crypto = require("node:crypto");
const readline = require("node:readline");

// body: a Buffer; header: X-Rankacy-Signature as it came; secret: text.
function verify(body, header, secret) {
  if (!secret || !header) return false;
  const digest = crypto.createHmac("sha256", secret).update(body).digest("hex");
  const expected = Buffer.from("sha256=" + digest);
  const given = Buffer.from(String(header));
  // timingSafeEqual throws where the lengths differ.
  return given.length === expected.length && crypto.timingSafeEqual(given, expected);
}

// One JSON object a line (body_base64, header, secret): true or false.
async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const told = JSON.parse(line);
    const body = Buffer.from(told.body_base64, "base64");
    console.log(String(verify(body, told.header, told.secret)));
  }
}

module.exports = { verify };
if (require.main === module) main();
