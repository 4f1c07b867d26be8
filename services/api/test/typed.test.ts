import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { article, decide, expect, text as field, furnish, movedClaim, proposal, publish, quoting, submit } from './support/story.ts';

const harness = await harnessFor(t);

const typeset =
  'The Harbour Police’s spokesman said that the offi-\ncer – who did not see the car – fired three times. “It’s moving,” a witness said. An officer fired two rounds.';
const shots = (source: string, more: object = {}) => ({
  ref: 'c2',
  aspect: 'shots_fired',
  value: { kind: 'quantity', value: '3', unit: 'shot', comparator: 'exact' },
  statement: 'The harbour police say that an officer fired three times.',
  citations: [quoting(source, 'fired three times')],
  ...more,
});

t.test('a quote in plain typing is stored as the text has it, whole, and the answer and the preview tell', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const source = field(expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ text: typeset }) }), 201), 'id');
  const citations = [
    quoting(source, "The Harbour Police's spokesman"),
    quoting(source, '“It’s moving,”'),
    quoting(source, 'the officer ... fired three times'),
  ];
  const sent = {
    key: 'contributor' as const,
    body: proposal(world, { claims: [movedClaim(world, { citations })] }),
    headers: { 'idempotency-key': 'typed' },
  };
  const answer = expect(await own.ask('POST', '/v1/incidents', sent), 201);
  t.same(answer.body.normalised, ['/claims/0/citations/0/quote', '/claims/0/citations/2/quote']);
  t.same((await own.ask('POST', '/v1/incidents', sent)).body, answer.body, 'and so does a repeat');
  const whole = 'the offi-\ncer – who did not see the car – fired three times';
  const stored = [{ quote: { exact: 'The Harbour Police’s spokesman' } }, {}, { quote: { exact: whole }, position: { start: 41 } }];
  const path = `/v1/incidents/${field(answer, 'incidentId')}/edits/1`;
  const preview = expect(await own.read(`${path}/preview`, { key: 'reviewer' }), 200);
  t.match(preview.body.after, { claims: [{ citations: stored }] }, 'nothing hides behind an ellipsis');
  t.match((await own.read(path, { key: 'reviewer' })).body.versions, [{ changes: [{}, { claim: { citations: stored } }] }]);
});

t.test('one that is not found names what comes nearest', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const source = field(expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ text: typeset }) }), 201), 'id');
  const body = proposal(world, { claims: [movedClaim(world, { citations: [quoting(source, 'An officer fired three rounds')] })] });
  t.match(await own.ask('POST', '/v1/incidents', { key: 'contributor', body }), {
    status: 422,
    body: {
      type: '/problems/quote-not-found',
      errors: [{ pointer: '/claims/0/citations/0/quote', nearest: { exact: 'An officer fired two rounds', start: 133, end: 160 } }],
    },
  });
});

t.test('a correction that contradicts itself is told of when it is submitted and in the preview, and is taken', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const source = field(expect(await own.ask('POST', '/v1/sources', { key: 'contributor', body: article({ text: typeset }) }), 201), 'id');
  const { incident, revision, refs } = await publish(own, world, { claims: [movedClaim(world), movedClaim(world, shots(source))] });
  const correct = (set: object, more: object = {}) => [
    { kind: 'correct_claim', claim: refs.c2, set, reason: 'The note says so.', citations: [quoting(source, 'fired three times')], ...more },
  ];
  const two = { kind: 'quantity', value: '2', unit: 'shot', comparator: 'exact' };
  const told = async (changes: object[]) => {
    const answer = expect(await submit(own, incident, revision, changes), 201);
    const { body } = expect(await own.read(`/v1/incidents/${incident}/edits/${answer.body.edit}/preview`, { key: 'reviewer' }), 200);
    t.same(body.warnings, answer.body.warnings, 'the preview tells the same');
    return (answer.body.warnings as { pointer: string; code: string; message: string }[]).map(({ code, pointer }) => `${code} ${pointer}`);
  };
  const [value, statement] = ['/changes/0/set/value', '/changes/0/set/statement'];
  // The statement that stays is a text of the record.
  t.same(await told(correct({ value: two })), [`statement_stays ${value}`, `number_differs ${value}`, `number_differs ${value}`]);
  t.same(await told(correct({ value: two, statement: 'An officer fired three rounds.' })), [
    `number_differs ${value}`,
    `number_differs ${value}`,
  ]);
  const rounds = { citations: [quoting(source, 'An officer fired two rounds')] };
  t.same(await told(correct({ value: two, statement: 'The harbour police say that an officer fired twice.' }, rounds)), []);
  t.same(await told(correct({ statement: 'The harbour police say that no officer fired three times.' })), [
    `negation_differs ${statement}`,
  ]);
  const editorial = { basis: 'editorial', citations: undefined };
  t.same(await told(correct({ statement: 'The harbour police say that an officer fired twice.' }, editorial)), [
    `more_than_typing ${statement}`,
    `number_differs ${statement}`,
    `number_differs ${statement}`,
  ]);
  t.match(await submit(own, incident, revision, correct({ lang: 'es' }, { reason: 'x' })), { status: 422 }, 'a reason has words');
});

t.test('a typing error of the record is corrected without a quotation', async (t) => {
  const own = await harness(t);
  const world = await furnish(own);
  const { incident, revision, refs } = await publish(own, world);
  const correct = (set: object) => [{ kind: 'correct_claim', claim: refs.c1, set, basis: 'editorial', reason: 'A slip of our own.' }];
  t.match(await submit(own, incident, revision, correct({ stance: 'alleges' })), {
    status: 422,
    body: { type: '/problems/invalid-change', errors: [{ pointer: '/changes/0/set/stance' }] },
  });
  const statement = 'The harbour police say that the car moved toward the officers, before the first shot.';
  const answer = expect(await submit(own, incident, revision, correct({ statement })), 201);
  t.same([answer.body.normalised, answer.body.warnings], [[], []]);
  expect(await decide(own, incident, Number(answer.body.edit), 'approve'), 200);
  const { body } = expect(await own.read(`/v1/incidents/${incident}`), 200);
  t.match(body, { claims: [{ statement, standing: 'corrected' }], corrections: [{ basis: 'editorial', citations: [] }] });
});
