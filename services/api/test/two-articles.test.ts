import t from 'tap';
import { type Harness, harnessFor } from './support/harness.ts';
import { expect } from './support/story.ts';

/** Two articles of other shapes than those that the product was built for, in our own words: each takes few calls until it waits for review. */

const harness = await harnessFor(t);

const citing = (source: string) => (exact: string) => [{ source, quote: { exact } }];
const so = (value: boolean) => ({ kind: 'boolean', value });

/** A man dies in a cell, and two bodies look into it. */
const inCell = citing('report');
const custody = {
  title: 'A man dies in a cell of the Marram watch house',
  occurred: { date: '2026-04-18', time: '02:30/05:10', timeZone: 'Australia/Darwin' },
  place: { text: 'the watch house at Marram', locality: 'Marram', region: 'AU-NT', country: 'AU', precision: 'exact' },
  agencies: ['police'],
  sources: [
    {
      ref: 'report',
      kind: 'article',
      url: 'https://example.org/marram-watch-house',
      publisher: 'The Marram Leader',
      title: 'Questions after a night in the cells',
      publishedAt: '2026-04-21',
      language: 'en-AU',
      text: 'A man of 44 was found dead in a cell of the Marram watch house at ten past five on Saturday. Territory police say that he was checked every half hour. A man who was held in the next cell said that nobody came by after half past two. A sister of the man said that he had asked for his heart tablets and was given none. The coroner opened an inquest on Monday. The professional standards command is looking into how the checks were kept.',
    },
  ],
  parties: [
    { ref: 'police', kind: 'agency', name: 'Territory police' },
    { ref: 'standards', kind: 'agency', name: 'Professional standards command', parent: 'police' },
    { ref: 'coroner', kind: 'court', name: 'Coroner’s court of the territory' },
    { ref: 'leader', kind: 'outlet', name: 'The Marram Leader' },
    { ref: 'dead', kind: 'described_role', name: 'the man who died in the cell' },
    { ref: 'neighbour', kind: 'described_role', name: 'a man in the next cell' },
    { ref: 'sister', kind: 'described_role', name: 'a sister of the man who died' },
  ],
  claims: [
    {
      ref: 'death',
      aspect: 'death',
      about: 'dead',
      value: so(true),
      statement: 'The Marram Leader reports that a man was found dead in a cell.',
      speaker: 'leader',
      capacity: 'reporter',
      stance: 'asserts',
      citations: inCell('A man of 44 was found dead in a cell of the Marram watch house'),
    },
    {
      ref: 'checked',
      aspect: 'policy_compliance',
      about: 'police',
      value: so(true),
      statement: 'Territory police say that the man was checked every half hour.',
      speaker: 'police',
      capacity: 'spokesperson',
      stance: 'asserts',
      via: ['leader'],
      citations: inCell('he was checked every half hour'),
    },
    {
      ref: 'unseen',
      aspect: 'policy_compliance',
      about: 'police',
      value: so(true),
      statement: 'A man in the next cell says that nobody came by after half past two.',
      speaker: 'neighbour',
      capacity: 'eyewitness',
      stance: 'denies',
      via: ['leader'],
      citations: inCell('nobody came by after half past two'),
    },
    {
      ref: 'tablets',
      aspect: 'cause_attributed',
      about: 'dead',
      value: { kind: 'text', value: 'he was given no heart tablets' },
      statement: 'A sister of the man says that he had asked for his heart tablets and was given none.',
      speaker: 'sister',
      capacity: 'relative',
      stance: 'alleges',
      via: ['leader'],
      citations: inCell('he had asked for his heart tablets and was given none'),
    },
  ],
  disputes: [
    {
      claim: 'checked',
      basis: 'stated',
      by: 'neighbour',
      capacity: 'eyewitness',
      grounds: 'He saw nobody come by after half past two.',
      counterClaim: 'unseen',
      citations: inCell('nobody came by after half past two'),
    },
  ],
  proceedings: [
    {
      ref: 'inquest',
      type: 'inquest',
      title: 'Inquest into the death in the Marram watch house',
      by: 'coroner',
      forum: 'coroner',
      openedOn: '2026-04-20',
      status: 'open',
      claims: ['death'],
      citations: inCell('The coroner opened an inquest on Monday'),
    },
    {
      type: 'internal_investigation',
      title: 'How the checks in the watch house were kept',
      by: 'standards',
      against: 'police',
      status: 'open',
      claims: ['checked', 'unseen'],
      citations: inCell('looking into how the checks were kept'),
    },
  ],
  rationale: 'A death in custody that two bodies look into.',
};

/** A chase ends in a crash over the border, and either side tells whose chase it was. */
const onRoad = citing('bulletin');
const chase = {
  title: 'A van crashes at Saltmarsh Bridge after a chase over the provincial border',
  occurred: { date: '2026-05-09', time: '23:40', approximate: true, timeZone: 'America/Halifax' },
  place: {
    text: 'Saltmarsh Bridge',
    locality: 'Amberly',
    region: 'CA-NS',
    country: 'CA',
    point: { lat: 45.85, lon: -64.2 },
    precision: 'street',
  },
  agencies: ['county'],
  sources: [
    {
      ref: 'bulletin',
      kind: 'article',
      publisher: 'Isthmus Radio',
      title: 'Two forces, one chase',
      publishedAt: '2026-05-10',
      language: 'en-CA',
      text: 'A van hit the rail of Saltmarsh Bridge shortly before midnight. The county police say that their cars had turned back at the border, two kilometres before the bridge. The police of Moorland, across the border, say that the county cars were still behind the van on the bridge, and that two people were hurt. A woman who was driven in the van said that it was rammed.',
    },
  ],
  parties: [
    { ref: 'county', kind: 'agency', name: 'Amberly county police' },
    { ref: 'moorland', kind: 'agency', name: 'Moorland police' },
    { ref: 'driver', kind: 'described_role', name: 'the person who drove the van' },
    { ref: 'passenger', kind: 'described_role', name: 'a woman in the van' },
    { ref: 'radio', kind: 'outlet', name: 'Isthmus Radio' },
  ],
  claims: [
    {
      ref: 'ended',
      aspect: 'pursuit',
      about: 'county',
      value: so(true),
      statement: 'The county police say that their cars had turned back at the border.',
      speaker: 'county',
      capacity: 'spokesperson',
      stance: 'denies',
      via: ['radio'],
      citations: onRoad('their cars had turned back at the border'),
    },
    {
      ref: 'followed',
      aspect: 'pursuit',
      about: 'county',
      value: so(true),
      statement: 'Moorland police say that the county cars were still behind the van on the bridge.',
      speaker: 'moorland',
      capacity: 'spokesperson',
      stance: 'asserts',
      via: ['radio'],
      citations: onRoad('the county cars were still behind the van on the bridge'),
    },
    {
      aspect: 'vehicle_path',
      about: 'county',
      value: { kind: 'term', value: 'rammed' },
      statement: 'A woman in the van says that it was rammed.',
      speaker: 'passenger',
      capacity: 'person_concerned',
      stance: 'alleges',
      via: ['radio'],
      citations: onRoad('A woman who was driven in the van said that it was rammed'),
    },
  ],
  rationale: 'Two forces tell it differently.',
};

type Item = {
  edit: number;
  links: { edit: string };
  etag: string;
  title: string;
  parties: { name: string }[];
  sources: { title: string }[];
};

/** Counts what is sent until nothing is left but to review it. */
const counting = ({ ask }: Harness) => {
  const counted = { calls: 0 };
  const post = async (path: string, body: object) => {
    counted.calls += 1;
    return expect(await ask('POST', path, { key: 'contributor', body }), 201).body as { incidentId: string; refs: Record<string, string> };
  };
  return { counted, post };
};

/** A reviewer decides all that waits from what the queue says alone; two do so where it takes two. */
const review = async (own: Harness, incident: string, title: string, names: string[]) => {
  const query = { incident, decidable: 'true' };
  for (const key of ['reviewer', 'reviewer2'] as const) {
    const items = (await own.read('/v1/reviews', { key, query })).body.items as Item[];
    for (const item of items) {
      t.equal(item.title, title);
      for (const name of names)
        t.ok(
          [...item.parties, ...item.sources.map((source) => ({ name: source.title }))].some((one) => one.name === name),
          name,
        );
      const decided = await own.ask('POST', `${item.links.edit}/decision`, {
        key,
        headers: { 'if-match': item.etag },
        body: { decision: 'approve', reason: 'Read against the source.' },
      });
      expect(decided, 200);
    }
  }
  t.same((await own.read('/v1/reviews', { key: 'reviewer2', query: { incident } })).body.items, [], 'nothing waits');
};

t.test('a death in custody with an inquest and an internal investigation', async (t) => {
  const own = await harness(t);
  const { counted, post } = counting(own);
  const { incidentId: id, refs } = await post('/v1/incidents', custody);
  t.ok(counted.calls <= 3);
  await review(own, id, custody.title, ['Professional standards command', 'Questions after a night in the cells']);
  const { body } = expect(await own.read(`/v1/incidents/${id}`), 200);
  t.match(body, {
    status: 'published',
    occurred: custody.occurred,
    agencies: [{ name: 'Territory police' }],
    claims: [{ standing: 'standing' }, { id: refs.checked, standing: 'disputed' }, { id: refs.unseen }, { aspect: 'cause_attributed' }],
    disputes: [{ claim: refs.checked, by: refs.neighbour }],
    proceedings: [
      { id: refs.inquest, type: 'inquest', forum: refs.coroner, status: 'open' },
      { type: 'internal_investigation', by: refs.standards },
    ],
  });
  const compared = (await own.read(`/v1/incidents/${id}/comparison`)).body.aspects as object[];
  t.match(
    compared.find((row) => (row as { aspect: string }).aspect === 'policy_compliance'),
    { aboutName: 'Territory police', state: 'disputed', cells: [{ voice: refs.police }, { voice: refs.neighbour }] },
  );
  t.match((await own.read('/v1/incidents', { query: { q: 'heart tablets', region: 'AU-NT' } })).body.items, [{ id }]);
});

t.test('a chase that two forces tell otherwise, with what a second report adds', async (t) => {
  const own = await harness(t);
  const { counted, post } = counting(own);
  const { incidentId: id, refs } = await post('/v1/incidents', chase);
  t.ok(counted.calls <= 3);
  await review(own, id, chase.title, ['Moorland police', 'Two forces, one chase']);
  const { body: published } = expect(await own.read(`/v1/incidents/${id}`), 200);
  t.match(published, { place: chase.place, claims: [{ id: refs.ended }, { id: refs.followed }, { aspect: 'vehicle_path' }] });

  const later = await post(`/v1/incidents/${id}/edits`, {
    baseRevision: published.revision,
    sources: [
      {
        ref: 'statement',
        kind: 'agency_statement',
        publisher: 'Amberly county police',
        language: 'en-CA',
        text: 'One of our cars did go on to the bridge. Its driver was told to end the chase and did not.',
      },
    ],
    changes: [
      {
        kind: 'add_claim',
        claim: {
          aspect: 'pursuit',
          about: refs.county,
          value: so(true),
          statement: 'The county police say that one of their cars did go on to the bridge.',
          speaker: refs.county,
          capacity: 'spokesperson',
          stance: 'admits',
          replaces: refs.ended,
          relatesTo: [{ claim: refs.followed, as: 'answers' }],
          citations: citing('statement')('One of our cars did go on to the bridge'),
        },
      },
    ],
    rationale: 'The county has changed its account.',
  });
  t.equal(later.incidentId, id);
  t.ok(counted.calls <= 3);
  await review(own, id, chase.title, ['Amberly county police']);
  t.match((await own.read(`/v1/incidents/${id}`)).body, {
    claims: [{ id: refs.ended, standing: 'superseded' }, { standing: 'standing' }, {}, { aspect: 'pursuit', replaces: refs.ended }],
  });
  const [row] = (await own.read(`/v1/incidents/${id}/comparison`)).body.aspects as object[];
  t.match(row, { aspect: 'pursuit', aboutName: 'Amberly county police', state: 'agreed' });
});
