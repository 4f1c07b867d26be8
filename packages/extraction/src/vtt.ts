import webvtt, { type Node } from 'webvtt-parser';
import entities from 'webvtt-parser/html-entities.json' with { type: 'json' };
import { type Cue, type Found, type Limits, languageOf, lineOf, Refused, storable, writer } from './extracted.ts';
import { extractors } from './versions.ts';

/** Captions, of WebVTT (https://www.w3.org/TR/webvtt1/). The parser is the W3C's own, which follows the parsing rules of the specification. */

/** The words of a cue, without its marks. Of ruby the small letters beside are left out: they say how the others are read. */
const wordsOf = (nodes: readonly Node[]): string =>
  nodes
    .map((node) => {
      if (node.type === 'text') return node.value;
      return node.type === 'object' && node.name !== 'rt' ? wordsOf(node.children) : '';
    })
    .join('');

/** The voice of a cue that has one alone. */
const speakerOf = (nodes: readonly Node[]): string | null => {
  const voices = new Set<string>();
  const look = (inner: readonly Node[]): void => {
    for (const node of inner) {
      if (node.type !== 'object') continue;
      const voice = node.name === 'v' ? lineOf(node.value) : null;
      if (voice !== null) voices.add(voice);
      look(node.children);
    }
  };
  look(nodes);
  const [voice, ...others] = voices;
  return voice !== undefined && others.length === 0 ? voice : null;
};

/** Captions that roll up show a line again under the next one: it is said once. In seconds between the two. */
const rolling = 0.1;

/** Refuses `broken` where the text is no WebVTT, `no_text` without a cue. */
export const readVtt = (decoded: string, limits: Limits): Found => {
  const text = decoded.replace(/^\ufeff/, '').replaceAll('\0', '\ufffd');
  if (!/^WEBVTT(?:[ \t\r\n]|$)/.test(text)) throw new Refused('broken', 'it does not begin with WEBVTT');
  const { cues: parsed } = new webvtt.WebVTTParser(entities).parse(text, 'subtitles/captions/descriptions');
  const written = writer(limits);
  const cues: Cue[] = [];
  let shown: { lines: string[]; to: number } = { lines: [], to: Number.NEGATIVE_INFINITY };
  for (const { startTime, endTime, tree } of parsed) {
    if (endTime < startTime) continue;
    const lines = storable(wordsOf(tree.children))
      .split('\n')
      .flatMap((line) => lineOf(line) ?? []);
    const isNext = Math.abs(startTime - shown.to) <= rolling;
    const again = isNext ? repeated(shown.lines, lines) : 0;
    shown = { lines, to: endTime };
    const last = cues.at(-1);
    // A cue that shows nothing new shows the words before it for longer.
    if (again === lines.length && last !== undefined && lines.length > 0) last.to = Math.max(last.to, endTime);
    const own = lines.slice(again);
    if (own.length === 0) continue;
    if (cues.length > 0) written.add('\n');
    const start = written.at();
    written.add(own.join('\n'));
    if (cues.length === limits.cues) throw new Refused('too_large', `it has more than ${limits.cues} captions`);
    cues.push({ from: startTime, to: endTime, speaker: speakerOf(tree.children), start, end: written.at() });
  }
  if (cues.length === 0) throw new Refused('no_text', 'there is no caption in it');
  const header = /^WEBVTT[^\n]*\n((?:[^\n]+\n)*)/.exec(text.replace(/\r\n?/g, '\n'))?.[1] ?? '';
  const language = languageOf(/^Language:\s*(\S+)/im.exec(header)?.[1]);
  return {
    text: written.text(),
    pages: null,
    cues,
    title: null,
    authors: [],
    publisher: null,
    publishedAt: null,
    language,
    extractor: extractors.vtt,
  };
};

/** How many lines at the beginning are the last ones of those that were shown before. */
const repeated = (before: readonly string[], lines: readonly string[]): number => {
  for (let count = Math.min(before.length, lines.length); count > 0; count -= 1) {
    if (before.slice(-count).every((line, index) => line === lines[index])) return count;
  }
  return 0;
};
