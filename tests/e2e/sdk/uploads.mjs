// Uploads by OpenAI's own library for Node, to be compared with batchmill's.
//
//   BASE_URL=http://127.0.0.1:8080/v1 node uploads.mjs RECORDING IMAGE
import fs from 'node:fs';
import OpenAI from 'openai';

const client = new OpenAI({baseURL: process.env.BASE_URL, apiKey: 'any', maxRetries: 0});
const [recording, image] = process.argv.slice(2);
const open = path => fs.createReadStream(path);

await client.audio.transcriptions.create({
  file: open(recording), temperature: 0.5, prompt: 'Gr\u00fc\u00dfe',
  timestamp_granularities: ['word', 'segment'], chunking_strategy: {type: 'server_vad'},
  model: 'whisper-1', response_format: 'verbose_json'});
await client.images.edit({
  image: [open(image), open(image)], mask: open(image), prompt: 'a cat', n: 2,
  model: 'gpt-image-1'});
await client.images.createVariation({image: open(image), n: 1, model: 'dall-e-2',
                                     response_format: 'b64_json'});
