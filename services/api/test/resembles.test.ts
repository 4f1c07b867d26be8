import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { article, articleText, expect, text } from './support/story.ts';

const harness = await harnessFor(t);
type Resembled = { id: string; name: string; why: string };

t.test('who registers a party is told of those with such a name', async (t) => {
  const own = await harness(t);
  const register = async (body: object | object[], key: 'contributor' | 'reviewer' = 'contributor') => {
    await own.read('/v1/parties', { key: 'contributor' });
    return expect(await own.ask('POST', '/v1/parties', { key, body }), 201).body as {
      id: string;
      resembles: Resembled[];
      parties: { resembles: Resembled[] }[];
    };
  };
  const agency = (name: string, more: object = {}) => register({ kind: 'agency', name, ...more });
  const told = ({ resembles }: { resembles: Resembled[] }) => resembles.map(({ id, why }) => [id, why]);

  const office = await agency('Sheriff’s Office of Porto Novo County', { aliases: ['PNSO'] });
  t.same(told(office), []);
  t.same(told(await agency('Harbour Police')), [], 'another name');
  const again = await agency("SHERIFF'S OFFICE OF PORTO NOVO COUNTY");
  t.match(again.resembles, [{ id: office.id, name: 'Sheriff’s Office of Porto Novo County', why: 'same_name' }]);
  t.same(
    told(await agency('Porto Novo County, Office of Sheriff')),
    [
      [again.id, 'same_words'],
      [office.id, 'same_words'],
    ],
    'the shorter one first',
  );
  t.match(told(await agency('pnso')), [[office.id, 'same_name']], 'by an alias');
  t.match(told(await agency('Harbour Police Department')), [[/./, 'fewer_words']]);
  t.match(told(await agency('Harbour')), [
    [/./, 'more_words'],
    [/./, 'more_words'],
  ]);
  t.same(told(await agency('Police of the city of Porto Novo')), [], 'words in common are not enough');

  const several = await register([
    { kind: 'agency', name: 'Ministry of the Interior' },
    { kind: 'court', name: 'harbour police' },
  ]);
  t.match(several.resembles, []);
  t.match(several.parties, [{ resembles: [] }, { resembles: [{ why: 'same_name' }] }]);

  const person = await register({ kind: 'person', name: 'A driver of the car' });
  t.match(told(await register({ kind: 'person', name: 'a driver of the car' })), [[person.id, 'same_name']], 'who writes reads the name');
});

t.test('who registers a source is told of that of the same address, text or title', async (t) => {
  const own = await harness(t);
  const register = async (more: object) => {
    await own.read('/v1/sources', { key: 'contributor' });
    return expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article(more) }), 201);
  };
  const url = 'https://example.org/shots';
  const first = await register({ url });
  t.same(first.body.resembles, []);
  const id = text(first, 'id');
  const corrected = await register({ url, text: `${articleText} It was corrected.` });
  t.match(corrected.body.resembles, [{ id, name: 'Shots at the harbour', why: 'same_url' }]);
  t.match((await register({ title: 'Another title' })).body.resembles, [{ id, why: 'same_text' }]);
  t.match((await register({ title: 'Shots at the Harbour', text: 'Another text.' })).body.resembles, [
    { why: 'same_name' },
    { why: 'same_name' },
  ]);
  t.same((await register({ title: 'Shots', text: 'A third text.' })).body.resembles, []);
});
