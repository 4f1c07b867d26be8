import t from 'tap';
import { decideSource, evolveSource, initialSource, type SourceCommand, sourceBody, sourceFacts } from '../src/index.ts';
import { factsOf, outcome, sourceId, world } from './scene.ts';
import { driver } from './stream.ts';

const body = sourceBody.parse({
  kind: 'article',
  url: 'https://example.org/a',
  title: '§ title',
  authors: ['§ author'],
  language: 'en',
  text: 'The first § text.',
});
const facts = factsOf(world());
type Sent = Parameters<ReturnType<typeof source>['run']>[0];
const source = () =>
  driver(sourceId('one'), initialSource, evolveSource, (state, command: SourceCommand) => decideSource(state, command, facts));
const register: Sent = { kind: 'register', body };

t.test('registering', async (t) => {
  const s = source();
  t.equal(sourceFacts(s.state), undefined);
  t.equal(outcome(s.run(register)), 'SourceRegistered');
  t.match(s.state, { id: sourceId('one'), fields: { title: '§ title', language: 'en' }, texts: ['The first § text.'], withdrawn: false });
  t.notOk('text' in (s.state.fields ?? {}));
  t.same(sourceFacts(s.state), { textRevisions: 1, isFilm: false, withdrawn: false });
  t.equal(outcome(s.run(register)), 'AggregateState');
});

t.test('a language that it was translated from says how', async (t) => {
  const from = (translation: 'machine' | null) => source().run({ kind: 'register', body: { ...body, translation, translatedFrom: 'es' } });
  t.equal(outcome(from(null)), 'InvalidChange /translation');
  t.equal(outcome(from('machine')), 'SourceRegistered');
  const original = { ...body, originalUrl: 'https://example.org/nota' };
  t.equal(outcome(source().run({ kind: 'register', body: original })), 'InvalidChange /translation');
  t.equal(outcome(source().run({ kind: 'register', body: { ...original, translation: 'human' } })), 'SourceRegistered');
  t.equal(
    outcome(source().run({ kind: 'register', body: { ...body, translation: 'machine' } })),
    'SourceRegistered',
    'not known from which',
  );
});

t.test('it is a translation of a source that there is', async (t) => {
  const of = (id: string) => source().run({ kind: 'register', body: { ...body, translation: 'human', translationOf: sourceId(id) } });
  t.equal(outcome(of('nothing')), 'InvalidChange /translationOf');
  t.equal(outcome(of('article')), 'SourceRegistered');
});

t.test('the same command again yields nothing', async (t) => {
  const s = source();
  const command = s.nextCommand();
  s.run({ ...register, command });
  t.equal(outcome(s.run({ ...register, command })), '');
  t.equal(s.events.length, 1);
});

t.test('an erased text is gone, its revision stays', async (t) => {
  const s = source();
  s.run(register);
  s.append([
    { type: 'SourceTextRevised', edit: null, data: { revision: 2, text: 'The second § text.', why: null, reason: '§', citations: [] } },
  ]);
  s.erase(0, '/text');
  s.erase(0, '/title');
  t.same(s.state.texts, [null, 'The second § text.']);
  t.equal(s.state.fields?.title, undefined);
  t.equal(s.state.fields?.language, 'en');
  t.same(sourceFacts(s.state), { textRevisions: 2, isFilm: false, withdrawn: false, erased: new Set([1]) });
  const bare = initialSource();
  for (const event of s.events) evolveSource(bare, event);
  t.equal(bare.streamRevision, 3);
});

t.test('a film may come without a text, and gets one later', async (t) => {
  const takes = (kind: string) => sourceBody.safeParse({ kind, language: 'en', text: null });
  t.match(takes('article').error?.issues, [{ path: ['text'], message: /only a film/ }]);
  t.match(sourceBody.safeParse({ kind: 'article', language: 'en' }).error?.issues, [{ path: ['text'] }]);
  const film = takes('video').data;
  if (film === undefined) throw new Error('it is refused');
  const s = source();
  s.run({ kind: 'register', body: film });
  t.same(s.state.texts, []);
  t.same(sourceFacts(s.state), { textRevisions: 0, isFilm: true, withdrawn: false });
  s.append([{ type: 'SourceTextRevised', edit: null, data: { revision: 1, text: 'Stop!', why: null, reason: '§', citations: [] } }]);
  t.same(s.state.texts, ['Stop!']);
});
