// The quickest way for Node: undici's client in a pool of loops, answers parsed and written as they
// come.
//
//   node undici.mjs BASE_URL ROWS OUTPUT CONCURRENCY
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { Pool } from "undici";

import { bodyOf } from "./body.mjs";

const [base, rows, output, concurrency] = process.argv.slice(2);
const url = new URL(base);
const pool = new Pool(url.origin, {
  connections: Number(concurrency), connect: { rejectUnauthorized: false },
});
const lines = createInterface({ input: createReadStream(rows) })[Symbol.asyncIterator]();
const out = createWriteStream(output);
const headers = { "content-type": "application/json", authorization: "Bearer any" };

async function loop() {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) return;
    const row = JSON.parse(value);
    const answer = await pool.request({
      path: `${url.pathname}/chat/completions`, method: "POST", headers,
      body: JSON.stringify(bodyOf(row)),
    });
    const body = await answer.body.json();
    out.write(JSON.stringify({ custom_id: row.id, response: body }) + "\n");
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, loop));
await new Promise((resolve) => out.end(resolve));
await pool.close();
