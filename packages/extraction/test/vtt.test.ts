import t from 'tap';
import { isQuotable, readBytes, sliceOf } from './given.ts';

const film = `WEBVTT - A film
Language: en

STYLE
::cue { color: red }

NOTE not said by anybody

1
00:01.000 --> 00:02.500 align:start
<v Guard>Stop &amp; show <i>your</i> hands!
Now, you there.

01:00:00.000 --> 01:00:01.000
I did&nbsp;<00:59:59.500><c.loud>not</c> move &#8211; I was
100:00:01.000 --> 100:00:02.000
drifting away.
`;

t.test('each cue stands in the text with its times and its speaker, and a quotation goes on from one into the next', async (t) => {
  const { text, cues, language, pages } = await readBytes(film.replaceAll('&#8211;', '–'), 'text/vtt');
  t.equal(text, 'Stop & show your hands!\nNow, you there.\nI did not move – I was\ndrifting away.');
  t.strictSame(
    cues?.map(({ from, to, speaker, ...place }) => [from, to, speaker, sliceOf(text, place)]),
    [
      [1, 2.5, 'Guard', 'Stop & show your hands!\nNow, you there.'],
      [3600, 3601, null, 'I did not move – I was'],
      [360_001, 360_002, null, 'drifting away.'],
    ],
  );
  t.equal(language, 'en');
  t.equal(pages, null);
  t.ok(isQuotable(text, 'I did not move - I was drifting away.'));
});

t.test('captions that roll up say each line once', async (t) => {
  const rolling = [
    'WEBVTT\n',
    '00:00.000 --> 00:02.000\nthe guards came up\n',
    '00:02.000 --> 00:02.010\nthe guards came up\n',
    '00:02.010 --> 00:04.000\nthe guards came up\nand one of them fired\n',
    '00:04.000 --> 00:06.000\nand one of them fired\ntwice at us\n',
    '00:09.000 --> 00:10.000\ntwice at us\n',
  ].join('\n');
  const { text, cues } = await readBytes(rolling, 'text/vtt');
  t.equal(text, 'the guards came up\nand one of them fired\ntwice at us\ntwice at us', 'what is said again later is said again');
  t.match(cues, [{ from: 0, to: 2.01 }, { from: 2.01 }, { from: 4 }, { from: 9 }]);
});

t.test('line ends of all kinds, a byte order mark and characters beyond the first plane are read; offsets count code points', async (t) => {
  const { text, cues } = await readBytes(
    '\ufeffWEBVTT\r\n\r\n00:00.000 --> 00:01.000\r\n🚤 One\r\nTwo\r\n\r\n00:01.000 --> 00:02.000\r\nThree\r\n',
    'text/vtt',
  );
  t.equal(text, '🚤 One\nTwo\nThree');
  t.match(cues, [
    { start: 0, end: 9 },
    { start: 10, end: 15 },
  ]);
});

t.test('what is no WebVTT, has no caption or too many words is refused', async (t) => {
  await t.rejects(readBytes('1\n00:00:01,000 --> 00:00:02,000\nSubRip\n', 'text/vtt'), { code: 'broken' });
  await t.rejects(readBytes('WEBVTT\n\nNOTE nothing\n', 'text/vtt'), { code: 'no_text' });
  await t.rejects(readBytes(film, 'text/vtt', { text: 10 }), { code: 'too_large' });
});

t.test('no more captions are read than may be', async (t) => {
  const twice = 'WEBVTT\n\n00:01.000 --> 00:02.000\nStop!\n\n00:03.000 --> 00:04.000\nNow!\n';
  t.match(await readBytes(twice, 'text/vtt', { cues: 2 }), { cues: [{ from: 1 }, { from: 3 }] });
  await t.rejects(readBytes(twice, 'text/vtt', { cues: 1 }), { code: 'too_large', message: 'it has more than 1 captions' });
});
