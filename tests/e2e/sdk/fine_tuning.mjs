// Fine-tuning by the simulator as OpenAI's own library for Node sees it.
//
//   BASE_URL=http://127.0.0.1:8080/v1 node --test fine_tuning.mjs
import assert from 'node:assert/strict';
import test from 'node:test';
import {setTimeout} from 'node:timers/promises';
import OpenAI, {AzureOpenAI, toFile} from 'openai';

const {BASE_URL: baseURL, KEY: apiKey} = process.env;
const client = new OpenAI({baseURL, apiKey, maxRetries: 0});
const jobs = client.fineTuning.jobs;
const final = ['succeeded', 'failed', 'cancelled'];

const lines = count => Array.from({length: count}, (_, i) => JSON.stringify({messages: [
  {role: 'user', content: `Say ${i}.`}, {role: 'assistant', content: `It is ${i}.`}]}) + '\n').join('');

async function upload(text) {
  return client.files.create({file: await toFile(Buffer.from(text), 'train.jsonl'), purpose: 'fine-tune'});
}

async function start(text, more = {}) {
  const file = await upload(text);
  return jobs.create({model: 'gpt-4o-mini-2024-07-18', training_file: file.id, ...more});
}

async function until(job, ...states) {
  while (!states.includes(job.status)) {
    assert(!final.includes(job.status), job.status);
    await setTimeout(20);
    job = await jobs.retrieve(job.id);
  }
  return job;
}

async function collect(pages) {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
}

test('a job, from its creation to the answers of its model', async () => {
  const valid = await upload(lines(3));
  const made = await start(lines(10), {
    validation_file: valid.id, suffix: 'sdk', seed: 7, metadata: {run: '7'},
    method: {type: 'supervised', supervised: {hyperparameters: {n_epochs: 4}}}});
  assert.equal(made.status, 'validating_files');
  assert.equal(made.method.supervised.hyperparameters.n_epochs, 4);
  const job = await until(made, 'succeeded');
  assert.equal(job.seed, 7);
  assert(job.trained_tokens > 0 && job.finished_at > job.created_at);
  assert.match(job.fine_tuned_model, /^ft:gpt-4o-mini-2024-07-18:simulated:sdk:\w{8}$/);

  const events = await collect(jobs.listEvents(job.id, {limit: 15}));
  assert.equal(new Set(events.map(event => event.id)).size, 40 + 4 + 6);
  assert.equal(events.at(-1).message, `Created fine-tuning job: ${job.id}`);
  assert.equal(events.filter(event => event.type === 'metrics').length, 40);
  const checkpoints = await collect(jobs.checkpoints.list(job.id, {limit: 2}));
  assert.deepEqual(checkpoints.map(checkpoint => checkpoint.step_number), [40, 30, 20]);
  const csv = await (await client.files.content(job.result_files[0])).text();
  assert.equal(csv.trimEnd().split('\n').length, 41);

  const answer = await client.chat.completions.create(
    {model: job.fine_tuned_model, messages: [{role: 'user', content: 'Hi'}]});
  assert.equal(answer.model, job.fine_tuned_model);
  assert((await collect(client.models.list())).some(model => model.id === job.fine_tuned_model));
  assert.equal((await client.models.delete(job.fine_tuned_model)).deleted, true);
  await assert.rejects(client.models.retrieve(job.fine_tuned_model), OpenAI.NotFoundError);
});

test('jobs are paused, resumed, cancelled and listed', async () => {
  const job = await start(lines(10), {metadata: {mark: 'a b'}});
  await until(job, 'running');
  assert.equal((await jobs.pause(job.id)).status, 'paused');
  assert.equal((await jobs.resume(job.id)).status, 'queued');
  assert.equal((await jobs.cancel(job.id)).status, 'cancelled');
  await assert.rejects(jobs.cancel(job.id), OpenAI.BadRequestError);
  const listed = await collect(jobs.list({limit: 1, metadata: {mark: 'a b'}}));
  assert.deepEqual(listed.map(one => one.id), [job.id]);
  assert((await collect(jobs.list({limit: 1}))).length >= 1);
});

test('what cannot be trained on', async () => {
  const few = await until(await start(lines(9)), 'failed');
  assert.match(few.error.message, /has 9 examples, but must have at least 10/);
  assert.equal(few.error.param, 'training_file');
  await assert.rejects(jobs.create({model: 'gpt-4o-mini', training_file: 'file-none'}),
                       error => error.status === 400 && error.param === 'training_file');
  await assert.rejects(start(lines(10), {model: 'gpt-5'}),
                       error => error.code === 'model_not_available');
  await assert.rejects(jobs.retrieve('ftjob-none'), OpenAI.NotFoundError);
});

test('Azure', async () => {
  const azure = new AzureOpenAI({endpoint: new URL(baseURL).origin, apiKey,
                                 apiVersion: '2024-10-21', maxRetries: 0});
  const file = await upload(lines(10));
  const job = await azure.fineTuning.jobs.create(
    {model: 'gpt-4o-mini-2024-07-18', training_file: file.id});
  assert.equal((await azure.fineTuning.jobs.retrieve(job.id)).id, job.id);
});
