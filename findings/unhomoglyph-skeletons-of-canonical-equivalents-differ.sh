#!/usr/bin/env bash
# unhomoglyph 1.0.6 (confusables of Unicode 13), Node 20 to 24.
#
# The library is made to compare names by how they look. UTS 39 defines that skeleton as NFD, mapping, NFD; the library only maps. So two forms of one
# letter, which Unicode calls canonically equivalent and which no reader can tell apart, come out different: "Í" as one code point stays as it is,
# "I" with U+0301 becomes "l" with U+0301. The one-point "ö" even becomes an Arabic letter (U+0629), the two-point "ö" does not. Who stores
# names in NFC, as is good practice, and compares their skeletons misses pairs such as "Í" and "l" with U+0301; NFD has to be called before.
#
# Seen:
#   Í one code point: U+00CD, two: U+006C U+0301
#   ö one code point: U+0629, two: U+006F U+0308
#   Köln as NFC and as NFD have the same skeleton: false; with NFD before: true
#   code points whose skeleton changes with NFD before: 11493, Hangul syllables not counted: 433
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit --save-exact unhomoglyph@1.0.6

cat >try.mjs <<'JS'
import unhomoglyph from 'unhomoglyph';

const points = (text) => [...text].map((char) => `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`).join(' ');
for (const char of ['\u00cd', '\u00f6']) {
  console.log(`${char} one code point: ${points(unhomoglyph(char))}, two: ${points(unhomoglyph(char.normalize('NFD')))}`);
}
const [composed, decomposed] = ['K\u00f6ln', 'Ko\u0308ln'];
const first = (text) => unhomoglyph(text.normalize('NFD'));
console.log(`Köln as NFC and as NFD have the same skeleton: ${unhomoglyph(composed) === unhomoglyph(decomposed)}; with NFD before: ${first(composed) === first(decomposed)}`);
let all = 0;
let hangul = 0;
for (let code = 0; code <= 0x10ffff; code += 1) {
  if (code >= 0xd800 && code <= 0xdfff) continue;
  const char = String.fromCodePoint(code);
  if (unhomoglyph(char).normalize('NFD') === unhomoglyph(char.normalize('NFD')).normalize('NFD')) continue;
  all += 1;
  if (code >= 0xac00 && code <= 0xd7a3) hangul += 1;
}
console.log(`code points whose skeleton changes with NFD before: ${all}, Hangul syllables not counted: ${all - hangul}`);
JS

diff - <(node try.mjs) <<'SEEN'
Í one code point: U+00CD, two: U+006C U+0301
ö one code point: U+0629, two: U+006F U+0308
Köln as NFC and as NFD have the same skeleton: false; with NFD before: true
code points whose skeleton changes with NFD before: 11493, Hangul syllables not counted: 433
SEEN
echo 'as stated: unhomoglyph 1.0.6 gives canonically equivalent texts different skeletons'
