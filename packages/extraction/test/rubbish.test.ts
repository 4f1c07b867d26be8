import fc from 'fast-check';
import t from 'tap';
import { mediaTypes, Refused } from '../src/extracted.ts';
import { writtenArchive, writtenPdf } from '../src/testing.ts';
import { readBytes, sliceOf } from './given.ts';

const url = 'https://pier.example/shots';
const words = 'The harbour office said that two of its guards had stopped the boat, and that one of them fired twice at it.';
const page = `<html lang="en"><body><article><h1>Shots</h1><p>${words}</p><p>${words}</p></article></body></html>`;
const right: Record<(typeof mediaTypes)[number], Buffer> = {
  'text/html': Buffer.from(page),
  'application/pdf': writtenPdf([`BT /F 10 Tf 50 700 Td (${words}) Tj ET`, `BT /F 10 Tf 50 700 Td (${words}) Tj ET`]),
  'text/vtt': Buffer.from(`WEBVTT\n\n00:01.000 --> 00:02.000\n<v A guard>${words}\n\n00:03.000 --> 00:04.000\nNow.\n`),
  'application/warc': writtenArchive(url, 'text/html', page),
};

/** A document of which a part is cut out, doubled, or has other bytes; or no document at all. */
const spoiled = (bytes: Buffer): fc.Arbitrary<Buffer> => {
  const at = fc
    .tuple(fc.nat(bytes.length), fc.nat(bytes.length))
    .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);
  const some = fc.uint8Array({ maxLength: 40 });
  return fc.oneof(
    at.map(([from, to]) => Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])),
    at.map(([from, to]) => Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])),
    fc.tuple(at, some).map(([[from], others]) => Buffer.concat([bytes.subarray(0, from), others, bytes.subarray(from + others.length)])),
    some.map((others) => Buffer.from(others)),
  );
};

for (const mediaType of mediaTypes) {
  t.test(`whatever the bytes, of ${mediaType} a text is made that can be stored and quoted, or none`, async (t) => {
    let [read, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(spoiled(right[mediaType]), async (bytes) => {
        try {
          const { text, pages, cues } = await readBytes(bytes, mediaType, {}, url);
          read += 1;
          const places = [...(pages ?? []), ...(cues ?? [])];
          const inOrder = places.every(({ start, end }, index) => start <= end && start >= (places[index - 1]?.end ?? 0));
          return (
            text.isWellFormed() &&
            !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text) &&
            inOrder &&
            places.every((place) => [...sliceOf(text, place)].length === place.end - place.start)
          );
        } catch (error) {
          // Of a library's own error the process that reads makes a refusal.
          if (error instanceof Refused) refused += 1;
          return error instanceof Error;
        }
      }),
      { numRuns: 60 },
    );
    t.ok(read > 0 && refused > 0, `${read} were read, ${refused} refused`);
  });
}
