// Files, uploads and batches of the simulator as OpenAI's own library for Node sees them.
//
//   BASE_URL=http://127.0.0.1:8080/v1 node --test batches.mjs
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import test from 'node:test';
import {setTimeout} from 'node:timers/promises';
import OpenAI, {toFile} from 'openai';

const client = new OpenAI({baseURL: process.env.BASE_URL, apiKey: process.env.KEY, maxRetries: 0});
const endpoint = '/v1/chat/completions';
const unfinished = ['validating', 'in_progress', 'finalizing', 'cancelling'];

const body = text => ({model: 'gpt-4o-mini', messages: [{role: 'user', content: text}]});
const lines = (count, word = 'Say') =>
  Array.from({length: count}, (_, i) => JSON.stringify(
    {custom_id: `row-${i}`, method: 'POST', url: endpoint, body: body(`${word} ${i}.`)}) + '\n').join('');

async function upload(text, purpose = 'batch', name = 'in.jsonl') {
  return client.files.create({file: await toFile(Buffer.from(text), name), purpose});
}

async function collect(pages) {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
}

async function start(text, more = {}) {
  const file = await upload(text);
  return client.batches.create(
    {input_file_id: file.id, endpoint, completion_window: '24h', ...more});
}

async function finished(batch) {
  while (unfinished.includes(batch.status)) {
    await setTimeout(50);
    batch = await client.batches.retrieve(batch.id);
  }
  return batch;
}

async function read(id) {
  const text = await (await client.files.content(id)).text();
  return text.trimEnd().split('\n').map(line => JSON.parse(line));
}

test('files', async () => {
  const made = await client.files.create({
    file: await toFile(Buffer.from('some text'), 'a.txt'), purpose: 'user_data',
    expires_after: {anchor: 'created_at', seconds: 3600}});
  assert.equal(made.bytes, 9);
  assert.equal(made.expires_at, made.created_at + 3600);
  assert.deepEqual(await client.files.retrieve(made.id), made);
  assert.equal(await (await client.files.content(made.id)).text(), 'some text');
  const part = await client.files.content(made.id, {headers: {range: 'bytes=5-'}});
  assert.equal(part.status, 206);
  assert.equal(await part.text(), 'text');
  const others = [await upload('1', 'evals'), await upload('2', 'evals'), await upload('3', 'evals')];
  const listed = await collect(client.files.list({purpose: 'evals', limit: 2, order: 'asc'}));
  assert.deepEqual(listed.map(file => file.id), others.map(file => file.id));
  assert.equal((await client.files.delete(made.id)).deleted, true);
  await assert.rejects(client.files.retrieve(made.id), OpenAI.NotFoundError);
  await assert.rejects(upload('x', 'batch', 'a.csv'), OpenAI.BadRequestError);
});

test('uploads', async () => {
  const bytes = crypto.randomBytes(3_000_000);
  const made = await client.uploads.create({
    filename: 'a.jsonl', purpose: 'batch', bytes: bytes.length, mime_type: 'application/jsonl'});
  assert.equal(made.status, 'pending');
  const slices = [0, 1, 2].map(i => bytes.subarray(i * 1_000_000, (i + 1) * 1_000_000));
  const parts = await Promise.all(slices.map(
    async slice => client.uploads.parts.create(made.id, {data: await toFile(slice, 'part')})));
  const done = await client.uploads.complete(made.id, {
    part_ids: parts.map(part => part.id),
    md5: crypto.createHash('md5').update(bytes).digest('hex')});
  assert.equal(done.status, 'completed');
  const content = Buffer.from(await (await client.files.content(done.file.id)).arrayBuffer());
  assert(content.equals(bytes));
  const other = await client.uploads.create({
    filename: 'b.jsonl', purpose: 'batch', bytes: 1, mime_type: 'application/jsonl'});
  assert.equal((await client.uploads.cancel(other.id)).status, 'cancelled');
});

test('a batch, from its creation to its output', async () => {
  const batch = await finished(await start(lines(20), {metadata: {run: '7'}}));
  assert.equal(batch.status, 'completed');
  assert.deepEqual(batch.request_counts, {total: 20, completed: 20, failed: 0});
  assert.equal(batch.metadata.run, '7');
  assert.equal(batch.model, 'gpt-4o-mini');
  assert(batch.usage.total_tokens > 0);
  assert.equal(batch.error_file_id, null);
  const output = await read(batch.output_file_id);
  assert.equal(new Set(output.map(line => line.custom_id)).size, 20);
  const third = output.find(line => line.custom_id === 'row-3');
  assert.deepEqual(third.response.body, await client.chat.completions.create(body('Say 3.')));
});

test('a batch that is refused, fails validation or is cancelled', async () => {
  await assert.rejects(client.batches.create({endpoint, completion_window: '24h'}),
                       error => error.status === 400 && error.param === 'input_file_id');
  const invalid = await finished(await start(lines(2) + '{\n'));
  assert.equal(invalid.status, 'failed');
  assert.equal(invalid.errors.data[0].code, 'invalid_json_line');
  assert.equal(invalid.errors.data[0].line, 3);
  const running = await start(lines(20, 'Count'));
  assert.equal((await client.batches.cancel(running.id)).status, 'cancelling');
  assert.equal((await finished(running)).status, 'cancelled');
  await assert.rejects(client.batches.cancel(running.id), OpenAI.ConflictError);
});

test('batches are listed', async () => {
  const made = [];
  for (let i = 0; i < 3; ++i) made.unshift((await start(lines(1))).id);
  const listed = await collect(client.batches.list({limit: 2}));
  assert.deepEqual(listed.slice(0, 3).map(batch => batch.id), made);
});
