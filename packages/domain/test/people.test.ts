import t from 'tap';
import {
  type DomainEvent,
  decideErasure,
  decidePerson,
  type Erasure,
  evolvePeople,
  initialErasure,
  initialPeople,
  personIn,
  subjectsAlike,
  tagPeople,
} from '../src/index.ts';

const tagOf = tagPeople(Buffer.alloc(32, 1));
const people = (...said: [subject: string, person: string | null][]) =>
  said.reduce(
    (state, [subject, person], revision) =>
      evolvePeople(state, {
        type: 'PersonSet',
        data: { subject, person, tag: person === null ? null : tagOf(person) },
        actor: 'admin',
        revision,
        command: `c${revision}`,
      } as DomainEvent),
    initialPeople(),
  );

t.test('a person is who the last word of an admin says', async (t) => {
  const state = people(['desk', 'Somebody'], ['hall', ' SOMEBODY '], ['gate', 'Another'], ['gate', 'Somebody'], ['hall', null]);
  const personOf = personIn(state);
  t.equal(personOf('desk'), personOf('gate'), 'however it is typed');
  t.not(personOf('hall'), personOf('desk'));
  t.equal(personOf('hall'), 'hall');
  t.same(subjectsAlike(state, 'desk'), ['desk', 'gate']);
  t.same(subjectsAlike(state, 'hall'), ['hall']);
  t.same(subjectsAlike(state, 'nobody'), ['nobody']);
  const set = (subject: string, person: string | null) =>
    decidePerson(state, { subject, person, tag: person === null ? null : tagOf(person) }).length;
  t.same([set('desk', 'somebody'), set('hall', null), set('desk', 'Another'), set('desk', null)], [0, 0, 1, 1]);
});

t.test('an erasure is decided by two people who are not its author', async (t) => {
  const personOf = (subject: string) => subject.replace(/\d$/, '');
  const state: Erasure = { ...initialErasure(), state: 'open', author: 'ann' };
  const vote = (actor: string, role: 'reviewer' | 'admin') => {
    const decided = decideErasure(state, { actor, personOf, role, decision: 'approve', reason: null });
    if (!decided.ok) return decided.error.code;
    state.votes.push({ role, decision: 'approve', reason: null, by: actor, at: '' });
    return decided.value.map(({ type }) => type).join();
  };
  t.equal(vote('ann2', 'admin'), 'SelfApproval');
  state.votes.push({ role: 'admin', decision: 'approve', reason: null, by: 'ann3', at: '' });
  t.equal(vote('ben', 'reviewer'), 'ErasureVoted', 'the vote of a subject that is known to be the author counts no more');
  t.equal(vote('ben2', 'admin'), 'VoteRepeated');
  t.equal(vote('cid', 'admin'), 'ErasureVoted,ErasureApproved');
});
