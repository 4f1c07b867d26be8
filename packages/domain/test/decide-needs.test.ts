import t from 'tap';
import { applicationEvents, contributors, incidentsNeeded, partiesNeeded, sourcesCited } from '../src/index.ts';
import { addClaim, citations, claim, incidentId, partyId, type Scene, scene, sourceId } from './scene.ts';

const changesOf = (s: Scene) => s.state.edits.get(s.last())?.versions.at(-1)?.changes ?? [];
const start = () => {
  const s = scene();
  s.published(claim('c1', { speaker: partyId('witness'), onBehalfOf: partyId('bureau') }));
  return s;
};

t.test(
  'the parties that a decision needs are those used, those behind what is replaced or corrected, and those of what it touches',
  async (t) => {
    const s = start();
    s.submit([addClaim('c2', { speaker: partyId('bureau'), replaces: s.id('c1'), via: [partyId('outlet')] })]);
    const ofClaim = [partyId('bureau'), partyId('driver'), partyId('witness')];
    t.same(partiesNeeded(changesOf(s), s.state).sort(), [...ofClaim, partyId('outlet')].sort());
    s.submit([{ kind: 'correct_claim', claim: s.id('c1'), set: { lang: 'es' }, reason: 'It was § wrong.', citations }]);
    t.same(partiesNeeded(changesOf(s), s.state).sort(), ofClaim.sort());
  },
);

t.test('a correction of the aspect alone needs the party that is the value', async (t) => {
  const s = scene();
  s.published(claim('c1', { aspect: 'agency_involved', value: { kind: 'party', value: partyId('outlet') } }));
  s.submit([{ kind: 'correct_claim', claim: s.id('c1'), set: { aspect: 'identity' }, reason: 'It was § wrong.', citations }]);
  t.ok(partiesNeeded(changesOf(s), s.state).includes(partyId('outlet')));
});

t.test('the incidents and sources that a decision needs', async (t) => {
  const s = start();
  s.submit([
    addClaim('c2', { aspect: 'part_of', value: { kind: 'incident', value: incidentId('other') } }),
    { kind: 'merge_incident', into: incidentId('other'), reason: '§' },
  ]);
  t.same(incidentsNeeded(changesOf(s)), [incidentId('other')]);
  t.same(sourcesCited(changesOf(s)), [sourceId('article')]);
});

t.test('an approval appends the vote, the application, and each change as its event', async (t) => {
  const s = start();
  s.submit([addClaim('c2'), { kind: 'correct_incident', set: { title: 'Another §' }, reason: 'It was § wrong.', citations }]);
  const changes = changesOf(s);
  const events = applicationEvents(2, { version: 1, changes, quotes: [] });
  t.same(
    events.map(({ type, edit }) => [type, edit]),
    [
      ['EditApproved', 2],
      ['EditApplied', 2],
      ['ClaimAdded', 2],
      ['IncidentCorrected', 2],
    ],
  );
  const [, , added] = events;
  t.same({ kind: 'add_claim', ...added?.data }, changes[0], 'word for word');
});

t.test('contributors are the authors of all versions', async (t) => {
  const s = start();
  const edit = s.state.edits.get(1);
  t.same(edit && [...contributors(edit)], ['author']);
});
