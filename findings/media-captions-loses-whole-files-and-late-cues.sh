#!/usr/bin/env bash
# media-captions 1.0.4, Node 20 to 24.
#
# A cue whose hours have three digits, which the specification allows ("two or more", as a running clock needs from 100 hours on), is dropped as invalid,
# with the others kept. And where no blank line stands after the header, which the specification's parser takes, the first cue's timing is read as metadata
# ("00": "01.000--> 00"): no cue is left, and no error is told. The W3C's webvtt-parser 2.2.0 reads both.
#
# Seen:
#   late cue: media-captions One; webvtt-parser One, Late
#   no blank line: media-captions nothing; webvtt-parser One, Two
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit --save-exact media-captions@1.0.4 webvtt-parser@2.2.0

cat >try.mjs <<'JS'
import { parseText } from 'media-captions';
import webvtt from 'webvtt-parser';

const files = {
  'late cue': 'WEBVTT\n\n00:00.000 --> 00:01.000\nOne\n\n100:00:00.000 --> 100:00:01.000\nLate\n',
  'no blank line': 'WEBVTT\n00:00.000 --> 00:01.000\nOne\n00:01.000 --> 00:02.000\nTwo\n',
};
const listed = (cues) => cues.map(({ text }) => text).join(', ') || 'nothing';
for (const [what, file] of Object.entries(files)) {
  const { cues } = await parseText(file, { type: 'vtt', strict: false });
  console.log(`${what}: media-captions ${listed(cues)}; webvtt-parser ${listed(new webvtt.WebVTTParser().parse(file, 'metadata').cues)}`);
}
JS

diff - <(node try.mjs) <<'SEEN'
late cue: media-captions One; webvtt-parser One, Late
no blank line: media-captions nothing; webvtt-parser One, Two
SEEN
echo 'as stated: media-captions 1.0.4 loses cues that the specification has'
