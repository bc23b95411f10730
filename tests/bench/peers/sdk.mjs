// The official library for Node in a pool of promises, answers written as they come.
//
//   node sdk.mjs BASE_URL ROWS OUTPUT CONCURRENCY
import { createReadStream, createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import OpenAI from "openai";

import { bodyOf } from "./body.mjs";

const [baseURL, rows, output, concurrency] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "any" });
const lines = createInterface({ input: createReadStream(rows) })[Symbol.asyncIterator]();
const out = createWriteStream(output);

async function loop() {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) return;
    const row = JSON.parse(value);
    const answer = await client.chat.completions.create(bodyOf(row));
    out.write(JSON.stringify({ custom_id: row.id, response: answer }) + "\n");
  }
}

await Promise.all(Array.from({ length: Number(concurrency) }, loop));
await new Promise((resolve) => out.end(resolve));
