// Texts of many kinds for comparing and measuring tokens: prose in the languages that TypeScript
// speaks, words of others from Node's own names of countries, code, JSON, Markdown, and made-up
// texts for what prose does not have. The same at each call.
//
//     node corpus.mjs FOLDER    writes each kind into a file there
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = path.resolve(process.env.BATCHMILL_SOURCE_DIR ??
  path.join(path.dirname(fileURLToPath(import.meta.url)), '../..'));
const require = createRequire(path.join(process.cwd(), 'package.json'));
const packageFolder = (name) => path.dirname(require.resolve(`${name}/package.json`));

/// Numbers below `n`, always the same ones.
export function dice(seed) {
  let state = seed >>> 0 || 1;
  return (n) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % n;
  };
}

function files(folder, pattern) {
  return fs.readdirSync(folder, { recursive: true }).map(String).sort()
    .filter((name) => pattern.test(name) && !/(^|\/)(build[^/]*|node_modules|\.cache|\.git)\//.test(name))
    .map((name) => path.join(folder, name)).filter((name) => fs.statSync(name).isFile());
}

const readAll = (names) => names.map((name) => fs.readFileSync(name, 'utf8')).join('\n');

function messages(language) {
  const file = path.join(packageFolder('typescript'), 'lib', language,
    'diagnosticMessages.generated.json');
  return Object.values(JSON.parse(fs.readFileSync(file, 'utf8'))).join('\n');
}

function comments() {
  const text = readAll(files(packageFolder('@types/node'), /\.d\.ts$/));
  const prose = [];
  for (const [, comment] of text.matchAll(/\/\*\*(.*?)\*\//gs)) {
    prose.push(comment.replace(/```.*?```/gs, '').replace(/^\s*\* ?/gm, '').trim());
  }
  return prose.join('\n\n');
}

function names(language) {
  const words = [];
  for (const type of ['region', 'language', 'currency', 'script']) {
    const display = new Intl.DisplayNames([language], { type, fallback: 'none' });
    const letters = [...'abcdefghijklmnopqrstuvwxyz'];
    for (const a of letters) {
      for (const b of letters) {
        const codes = { region: [a + b], language: [a + b], currency: letters.map((c) => a + b + c),
          script: letters.flatMap((c) => letters.map((d) => a + b + c + d)) }[type];
        if (type === 'script' && !'acdghklmt'.includes(a)) continue;
        for (const code of codes) {
          const word = display.of(type === 'language' ? code : type === 'script'
            ? code[0].toUpperCase() + code.slice(1) : code.toUpperCase());
          if (word) words.push(word);
        }
      }
    }
  }
  const roll = dice(language.length * 77 + language.charCodeAt(0));
  let text = '';
  for (let i = 0; i < 20000; ++i) {
    text += words[roll(words.length)] + (roll(12) === 0 ? '.\n' : roll(5) === 0 ? ', ' : ' ');
  }
  return text;
}

function everyCodePoint() {
  let text = '';
  for (let point = 0; point < 0x110000; ++point) {
    if (point < 0xD800 || point > 0xDFFF) text += String.fromCodePoint(point);
  }
  return text;
}

function randomPoints(characters, seed) {
  const roll = dice(seed);
  let text = '';
  for (let i = 0; i < characters; ++i) {
    const most = [0x80, 0x80, 0x800, 0x10000, 0x110000][roll(5)];
    const point = roll(most);
    text += point >= 0xD800 && point <= 0xDFFF ? ' ' : String.fromCodePoint(point);
  }
  return text;
}

function picked(parts, count, seed) {
  const roll = dice(seed);
  let text = '';
  for (let i = 0; i < count; ++i) text += parts[roll(parts.length)];
  return text;
}

/// What the alternatives of the split patterns look at.
const DECIDING = [...'aábBsStTdDmMlLrReEvVxXéÉßıſʰ日本中あア가אبकािก️̀́ǅΣσжЖ',
  ...'0123४½²Ⅷ', ...' .,!?-_/\\"()[]{}<>=+*&^%$#@~`|:;…—“”€', ' ', ' ', ' ', '\t', '\n', '\n', '\r\n',
  '\r', '\u00a0', '\u0085', '\u2028', '\u3000', '\ufeff', '\u180e', '\u200b', '\u200d', "'", "'", '’',
  "'s", "'LL", "'ve", "'Re", "'ſ", '//', '/\n', ' \n', '\n ', '😀', '👩‍👩‍👧', '🇩🇪', '👍🏽', '<|endoftext|>'];

const base64 = (bytes, seed) => {
  const roll = dice(seed);
  return Buffer.from(Array.from({ length: bytes }, () => roll(256))).toString('base64');
};

const emoji = () => picked(['😀', '🤚🏾', '👩‍👩‍👧‍👦', '🇩🇪', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '❤️', '✨', '🚀', ' great ', '!', ' 5️⃣', '\n', '🎉', '👍🏽', '🥲', '🧑‍💻', '☺', '™',
  'ok'], 60000, 5);

/// Name of the kind, and its text.
export const kinds = {
  en: comments,
  ...Object.fromEntries(['de', 'fr', 'es', 'it', 'pl', 'cs', 'pt-br', 'tr', 'ru', 'ja', 'ko', 'zh-cn',
    'zh-tw'].map((language) => [language, () => messages(language)])),
  ...Object.fromEntries(['ar', 'hi', 'he', 'th', 'el', 'vi'].map((language) =>
    [language, () => names(language)])),
  javascript: () => fs.readFileSync(path.join(packageFolder('typescript'), 'lib/typescript.js'), 'utf8')
    .slice(0, 3_000_000),
  typescript: () => readAll(files(path.join(packageFolder('typescript'), 'lib'), /^lib\..*\.d\.ts$/))
    .slice(0, 2_000_000),
  cpp: () => readAll(files(ROOT, /\.[ch]pp$/)),
  python: () => readAll(files(ROOT, /\.py$/)),
  json: () => readAll(files(path.join(packageFolder('typescript'), 'lib'), /(fr|ru|ja)\/.*\.json$/)) +
    readAll(files(ROOT, /\.json(l)?$/)),
  markdown: () => readAll(files(ROOT, /\.md$/)),
  emoji,
  base64: () => base64(600_000, 6),
  hex: () => Buffer.from(base64(150_000, 7)).toString('hex'),
  points: everyCodePoint,
  random: () => randomPoints(300_000, 8),
  deciding: () => picked(DECIDING, 700_000, 9),
  spaces: () => picked([' ', '  ', '\n', '\t', '\r\n', ' '.repeat(40), '\n'.repeat(9), 'a', '!', '1', '\u3000'],
    200_000, 10),
  runs: () => Array.from({ length: 3000 }, (_, i) =>
    picked([[...'a A1.\n\té日가😀=-_/*#0'][i % 18]], 1 + (i * 37) % 300, i + 1)).join(''),
};

/// Those that show how fast counting is.
export const measured = ['en', 'de', 'fr', 'ru', 'ja', 'ko', 'zh-cn', 'ar', 'hi', 'javascript', 'cpp', 'json',
  'markdown', 'emoji'];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, make] of Object.entries(kinds)) fs.writeFileSync(path.join(folder, name), make());
}
