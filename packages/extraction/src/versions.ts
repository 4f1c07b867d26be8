/**
 * What makes the text of each media type: a text is made again by the same libraries and the same rules. `rules` goes up with each change of what is read here;
 * a test holds the libraries' versions to those that are installed.
 */
const rules = 1;
const of = (name: string, libraries: Readonly<Record<string, string>>) => ({
  name,
  version: [...Object.entries(libraries).map(([library, version]) => `${library} ${version}`), `rules ${rules}`].join(', '),
});

export const libraries = {
  html: { '@mozilla/readability': '0.6.0', linkedom: '0.18.15' },
  pdf: { unpdf: '1.8.1' },
  vtt: { 'webvtt-parser': '2.2.0' },
  warc: { warcio: '2.4.11' },
} as const;

export const extractors = {
  html: of('html', libraries.html),
  pdf: of('pdf', libraries.pdf),
  vtt: of('vtt', libraries.vtt),
} as const;
