// Compares batchmill_token_dump with npm's tiktoken, OpenAI's own code compiled for WebAssembly, on
// all kinds of text: whole, and cut into documents of every length from 1 to 200.
//
//     node exact.mjs DUMP
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { dice, kinds } from './corpus.mjs';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const { get_encoding } = require('tiktoken');

const ENCODINGS = ['o200k_base', 'cl100k_base', 'p50k_base', 'gpt2'];
const CHUNK = 200_000; // tiktoken has no stack for much more of one kind

function documents(text) {
  const docs = [];
  for (let at = 0; at < text.length; at += CHUNK) docs.push(text.slice(at, at + CHUNK));
  const roll = dice(text.length);
  for (let length = 1; length <= 200; ++length) {
    for (let size = 0; size < 1500; size += length) {
      const at = roll(text.length);
      docs.push(text.slice(at, at + length));
    }
  }
  return docs.map((doc) => Buffer.from(doc)); // halves of pairs become U+FFFD
}

function dump(program, encoding, docs) {
  const parts = docs.flatMap((doc) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(doc.length);
    return [length, doc];
  });
  const run = spawnSync(program, [encoding], { input: Buffer.concat(parts), maxBuffer: 2 ** 30 });
  if (run.status === 77) {
    console.log(`Skipped: ${run.stderr}`);
    process.exit(77);
  }
  if (run.status !== 0) throw new Error(`${program} ${encoding}: ${run.stderr.toString().slice(0, 300)}`);
  return new Uint32Array(run.stdout.buffer, run.stdout.byteOffset, run.stdout.length / 4);
}

function sameTokens(found, count, expected) {
  return count === expected.length && found.length === expected.length &&
    found.every((token, i) => token === expected[i]);
}

function compare(program, name, encoding, kind, text) {
  const docs = documents(text);
  const numbers = dump(program, name, docs);
  let at = 0, bytes = 0, wrong = 0;
  for (const doc of docs) {
    const [count, tokens] = numbers.subarray(at, at + 2);
    const found = numbers.subarray(at + 2, at += 2 + tokens);
    if (!sameTokens(found, count, encoding.encode_ordinary(doc.toString()))) {
      if (wrong++ < 3) console.log(`${name}, ${kind}: ${JSON.stringify(doc.toString().slice(0, 200))}`);
    }
    bytes += doc.length;
  }
  return { bytes, documents: docs.length, wrong };
}

const total = { bytes: 0, documents: 0, wrong: 0 };
const texts = Object.entries(kinds).map(([kind, make]) => [kind, make()]);
for (const name of ENCODINGS) {
  const encoding = get_encoding(name);
  for (const [kind, text] of texts) {
    const result = compare(process.argv[2], name, encoding, kind, text);
    for (const key of Object.keys(total)) total[key] += result[key];
  }
  encoding.free();
  console.log(`${name}: ${(total.bytes / 1e6).toFixed(1)} MB so far, ${total.wrong} documents differ`);
}
console.log(`${texts.length} kinds of text, ${total.documents} documents, ${(total.bytes / 1e6).toFixed(1)} MB: ` +
  `${total.wrong} differ from npm tiktoken`);
process.exit(total.wrong ? 1 : 0);
