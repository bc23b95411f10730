// Every endpoint of the simulator as OpenAI's own library for Node sees it.
//
//   BASE_URL=http://127.0.0.1:8080/v1 node --test sdk.mjs
import assert from 'node:assert/strict';
import test from 'node:test';
import OpenAI, {AzureOpenAI, toFile} from 'openai';

const baseURL = process.env.BASE_URL;
const key = process.env.KEY;
const client = new OpenAI({baseURL, apiKey: key, maxRetries: 0});
const once = kind => ({headers: {'x-simulate-fault': kind}});
const user = content => [{role: 'user', content}];
const pngSignature = '89504e470d0a1a0a';

async function collect(stream) {
  const events = [];
  for await (const event of stream) events.push(event);
  return events;
}

async function picture(base64) {
  return toFile(Buffer.from(base64, 'base64'), 'image.png', {type: 'image/png'});
}

test('models', async () => {
  const models = await collect(await client.models.list());
  assert(models.some(model => model.id === 'gpt-4o-mini'));
  assert.equal((await client.models.retrieve('gpt-4o-mini')).object, 'model');
});

test('chat completions', async () => {
  const messages = [{role: 'developer', content: 'Answer with one of: billing, shipping, login.'},
                    ...user('my invoice shows a billing error')];
  const answer = await client.chat.completions.create({model: 'gpt-4o-mini', messages});
  assert.equal(answer.choices[0].message.content, 'billing');
  assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
});

test('chat completions that fit a schema', async () => {
  const schema = {type: 'object', properties: {n: {type: 'integer'}}, required: ['n'],
                  additionalProperties: false};
  const answer = await client.chat.completions.parse({
    model: 'gpt-4o-mini', messages: user('hi'),
    response_format: {type: 'json_schema', json_schema: {name: 'a', strict: true, schema}}});
  assert(Number.isInteger(answer.choices[0].message.parsed.n));
});

test('streamed chat completions', async () => {
  const runner = client.chat.completions.stream({
    model: 'gpt-4o-mini', messages: user('hi'), stream_options: {include_usage: true}});
  const chunks = await collect(runner);
  assert(chunks.length > 3);
  const answer = await runner.finalChatCompletion();
  assert.equal(answer.choices[0].finish_reason, 'stop');
  assert(answer.choices[0].message.content.endsWith('.'));
  assert(answer.usage.completion_tokens > 0);
});

test('streamed tool calls', async () => {
  const parameters = {type: 'object', properties: {a: {type: 'boolean'}}, required: ['a']};
  const runner = client.chat.completions.stream({
    model: 'gpt-4o-mini', messages: user('hi'), tool_choice: 'required',
    tools: [{type: 'function', function: {name: 'f', parameters}}]});
  const answer = await runner.finalChatCompletion();
  const call = answer.choices[0].message.tool_calls[0];
  assert.equal(call.function.name, 'f');
  assert.equal(typeof JSON.parse(call.function.arguments).a, 'boolean');
});

test('responses, kept and removed', async () => {
  const made = await client.responses.create({model: 'gpt-4o-mini', input: 'hi',
                                              metadata: {row: '7'}});
  assert.equal(made.status, 'completed');
  assert(made.output_text.length > 0);
  const kept = await client.responses.retrieve(made.id);
  assert.equal(kept.output_text, made.output_text);
  assert.equal(kept.metadata.row, '7');
  const next = await client.responses.create({
    model: 'gpt-4o-mini', previous_response_id: made.id,
    input: [{role: 'user', content: [{type: 'input_text', text: 'go on'}]}]});
  assert.equal(next.previous_response_id, made.id);
  await client.responses.delete(made.id);
  await assert.rejects(client.responses.retrieve(made.id), OpenAI.NotFoundError);
});

test('responses that fail, end early, fit a schema or call a function', async () => {
  const request = {model: 'gpt-4o-mini', input: 'hi', store: false};
  const failed = await client.responses.create(request, once('failed'));
  assert.equal(failed.status, 'failed');
  assert.equal(failed.error.code, 'server_error');
  const long = {type: 'json_schema', name: 'a', schema: {type: 'string', minLength: 200}};
  const early = await client.responses.create({...request, max_output_tokens: 16,
                                               text: {format: long}});
  assert.equal(early.incomplete_details.reason, 'max_output_tokens');
  const schema = {type: 'object', properties: {n: {type: 'integer'}}, required: ['n'],
                  additionalProperties: false};
  const fitting = await client.responses.parse({
    ...request, text: {format: {type: 'json_schema', name: 'a', strict: true, schema}}});
  assert(Number.isInteger(fitting.output_parsed.n));
  const called = await client.responses.create({
    ...request, tools: [{type: 'function', name: 'f', parameters: schema, strict: true}],
    tool_choice: {type: 'function', name: 'f'}});
  assert(Number.isInteger(JSON.parse(called.output[0].arguments).n));
});

test('streamed responses', async () => {
  const stream = client.responses.stream({model: 'gpt-4o-mini', input: 'hi'});
  const events = await collect(stream);
  assert.equal(events[0].type, 'response.created');
  assert.equal(events.at(-1).type, 'response.completed');
  const text = events.filter(event => event.type === 'response.output_text.delta')
                   .map(event => event.delta).join('');
  assert.equal((await stream.finalResponse()).output_text, text);
});

test('completions', async () => {
  const answer = await client.completions.create({
    model: 'gpt-3.5-turbo-instruct', prompt: ['one', 'two'], n: 2, echo: true, logprobs: 1});
  assert.deepEqual(answer.choices.map(choice => choice.index), [0, 1, 2, 3]);
  assert(answer.choices[3].text.startsWith('two'));
  assert.equal(answer.choices[0].logprobs.token_logprobs[0], null);
  const tokens = await client.completions.create({model: 'davinci-002', prompt: [[1, 2], [3]]});
  assert.equal(tokens.usage.prompt_tokens, 3);
});

test('streamed completions', async () => {
  const chunks = await collect(await client.completions.create({
    model: 'gpt-3.5-turbo-instruct', prompt: 'once', stream: true, max_tokens: 8}));
  assert.equal(chunks.at(-1).choices[0].finish_reason, 'length');
  assert(chunks.map(chunk => chunk.choices[0].text).join('').length > 8);
});

test('embeddings', async () => {
  const input = ['please refund my bicycle', 'a refund for the bicycle', 'sunny weather tomorrow'];
  const answer = await client.embeddings.create({model: 'text-embedding-3-small', input});
  const [a, b, c] = answer.data.map(item => item.embedding);  // decoded from base64
  const dot = (x, y) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  assert.equal(a.length, 1536);
  assert(Math.abs(dot(a, a) - 1) < 1e-5);
  assert(dot(a, b) > dot(a, c) + 0.2);
  const short = await client.embeddings.create({
    model: 'text-embedding-3-large', input: [1, 2, 3], dimensions: 256, encoding_format: 'float'});
  assert.equal(short.data[0].embedding.length, 256);
});

test('moderations', async () => {
  const answer = await client.moderations.create({input: ['hello', 'I will kill you']});
  assert.deepEqual(answer.results.map(result => result.flagged), [false, true]);
  const image = await client.moderations.create({
    model: 'omni-moderation-latest',
    input: [{type: 'text', text: 'hello'},
            {type: 'image_url', image_url: {url: 'https://example.com/a.png'}}]});
  assert.deepEqual(image.results[0].category_applied_input_types.violence, ['text', 'image']);
});

test('images', async () => {
  const inline = await client.images.generate({model: 'gpt-image-1', prompt: 'a cat', n: 2});
  const base64 = inline.data[1].b64_json;
  assert.equal(Buffer.from(base64, 'base64').subarray(0, 8).toString('hex'), pngSignature);
  assert(inline.usage.output_tokens > 0);
  const linked = await client.images.generate({model: 'dall-e-2', prompt: 'a cat', size: '256x256'});
  const served = await fetch(linked.data[0].url);
  assert.equal(served.headers.get('content-type'), 'image/png');
  const bytes = Buffer.from(await served.arrayBuffer());
  assert.equal(bytes.subarray(0, 8).toString('hex'), pngSignature);
  assert.equal(bytes.readUInt32BE(16), 256);
  const edited = await client.images.edit({
    model: 'gpt-image-1', prompt: 'greener', image: [await picture(base64), await picture(base64)]});
  assert(edited.data[0].b64_json);
  const varied = await client.images.createVariation({image: await picture(base64), n: 2});
  assert.equal(varied.data.length, 2);
});

test('audio', async () => {
  const spoken = await client.audio.speech.create({
    model: 'tts-1', voice: 'alloy', input: 'Good morning, everybody.', response_format: 'wav'});
  const wav = Buffer.from(await spoken.arrayBuffer());
  assert.equal(wav.toString('latin1', 0, 4), 'RIFF');
  const mp3 = await client.audio.speech.create({model: 'tts-1', voice: 'alloy', input: 'Hi.'});
  assert.equal(mp3.headers.get('content-type'), 'audio/mpeg');

  const file = await toFile(wav, 'speech.wav');
  const heard = await client.audio.transcriptions.create({model: 'whisper-1', file});
  assert(heard.text.length > 0);
  const plain = await client.audio.transcriptions.create({model: 'whisper-1', file,
                                                          response_format: 'text'});
  assert.equal(plain.trim(), heard.text);
  const verbose = await client.audio.transcriptions.create({
    model: 'whisper-1', file, response_format: 'verbose_json',
    timestamp_granularities: ['word', 'segment']});
  assert(verbose.words.length > 3 && verbose.segments.length === 1);
  assert(Math.abs(verbose.duration - 1.6) < 0.01);
  const subtitles = await client.audio.transcriptions.create({model: 'whisper-1', file,
                                                              response_format: 'vtt'});
  assert(subtitles.startsWith('WEBVTT'));
  assert((await client.audio.translations.create({model: 'whisper-1', file})).text.length > 0);
});

test('errors are of the classes they ought to be', async () => {
  const chat = (options = {}, request = {}) => client.chat.completions.create(
    {model: 'gpt-4o-mini', messages: user('hi'), ...request}, options);
  await assert.rejects(chat({}, {model: 'gpt-nope'}), OpenAI.NotFoundError);
  await assert.rejects(chat({}, {temperature: 3}), error =>
    error instanceof OpenAI.BadRequestError && error.code === 'decimal_above_max_value' &&
    error.param === 'temperature');
  await assert.rejects(chat(once('429')), OpenAI.RateLimitError);
  await assert.rejects(chat(once('500')), OpenAI.InternalServerError);
  await assert.rejects(chat(once('drop')), OpenAI.APIConnectionError);
  const stranger = new OpenAI({baseURL, apiKey: 'wrong', maxRetries: 0});
  await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
  const stubborn = new OpenAI({baseURL, apiKey: key, maxRetries: 1});
  const retried = await stubborn.chat.completions.create(
    {model: 'gpt-4o-mini', messages: user('again')}, once('503-1'));
  assert.equal(retried.object, 'chat.completion');
});

test('Azure', async () => {
  const endpoint = new URL(baseURL).origin;
  const azure = new AzureOpenAI({endpoint, apiKey: key, apiVersion: '2024-10-21', maxRetries: 0});
  const answer = await azure.chat.completions.create({model: 'gpt-4o-mini', messages: user('hi')});
  assert.equal(answer.model, 'gpt-4o-mini-2024-07-18');
  const vectors = await azure.embeddings.create({model: 'text-embedding-3-small', input: 'a'});
  assert.equal(vectors.data[0].embedding.length, 1536);
  assert.equal((await azure.responses.create({model: 'gpt-4o', input: 'hi'})).status, 'completed');
  const unknown = azure.chat.completions.create({model: 'mine', messages: user('hi')});
  await assert.rejects(unknown, error => error.code === 'DeploymentNotFound');
  const young = new OpenAI({baseURL: endpoint + '/openai/v1', apiKey: key, maxRetries: 0});
  assert.equal((await young.responses.create({model: 'gpt-4o', input: 'hi'})).status, 'completed');
});
