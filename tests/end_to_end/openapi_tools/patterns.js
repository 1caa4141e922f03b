// Print each pattern of OpenAPI documents that is no regular expression of ECMA 262 with its flag u.
const { readFileSync } = require('node:fs');

function* patterns(part) {
  if (part && typeof part === 'object') {
    if (typeof part.pattern === 'string') yield part.pattern;
    for (const each of Object.values(part)) yield* patterns(each);
  }
}

for (const file of process.argv.slice(2)) {
  for (const pattern of patterns(JSON.parse(readFileSync(file)))) {
    try { new RegExp(pattern, 'u'); } catch (error) { console.log(file, error.message); }
  }
}
