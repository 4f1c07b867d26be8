import t from 'tap';
import { broughtIntoConflict } from '../src/review/conflicts.ts';
import { contributors, countingVotes, editTag } from '../src/review/edit.ts';
import { figuresOf } from '../src/review/figures.ts';
import { found, keysOf, put, started } from './shelves.ts';

/** What is done with an edit beside writing it and voting on it: handed over, opened again, split; and which edits meet. */

const code = (code: string) => ({ ok: false, error: { code } });

t.test('an edit whose author is gone is handed to another, whose own it is, and both have contributed', async (t) => {
  const persons: Record<string, string> = { ben2: 'Ben', ben: 'Ben' };
  const s = started((subject) => persons[subject] ?? subject);
  s.submit('ann', [put('a', 1)]);
  const edit = () => s.state.edits.get(1);
  const before = editTag(s.state, 1);
  t.match(s.handOver('ben', 1, 'ann'), code('InvalidChange'), 'it is hers');
  t.match(s.handOver('ben', 1, 'ben'), code('InvalidChange'));
  t.match(s.handOver('ben', 1, 'ben2'), code('InvalidChange'), 'who is the same person');
  t.match(s.handOver('ben', 1, 'dan', '"1-other"'), code('EtagMismatch'));
  t.match(s.handOver('ben', 7, 'dan'), code('NotFound'));
  s.vote('dan', 1, 'approve', 2);
  t.match(s.handOver('ben', 1, 'dan', before), code('EtagMismatch'));
  t.match(s.handOver('ben', 1, 'dan'), { ok: true, value: [{ type: 'EditHandedOver', data: { version: 1, to: 'dan' } }] });
  t.match(edit(), { author: 'dan', state: 'submitted', versions: [{ by: 'ann' }], acts: [{ act: 'handed_over', by: 'ben', to: 'dan' }] });
  t.match(s.handOver('cid', 1, 'eve', before), code('EtagMismatch'), 'the tag is another');

  t.match(s.revise('ann', 1, [put('a', 2)]), code('NotAuthor'), 'it is hers no more');
  t.match(s.withdraw('ann', 1), code('NotAuthor'));
  t.match(s.vote('ann', 1, 'approve', 2), code('SelfApproval'), 'but she wrote it');
  t.match(s.vote('dan', 1, 'reject', 2), code('SelfApproval'));
  s.vote('ben', 1, 'approve', 2);
  t.equal(edit()?.state, 'submitted', 'the vote of whose own it is now counts no more');
  t.match(s.revise('dan', 1, [put('a', 2)]), { ok: true });
  t.same([...contributors(found(edit()))].sort(), ['ann', 'dan']);
  t.match(s.vote('ben', 1, 'approve', 1), { ok: true }, 'who handed it over did not contribute');
  t.match(s.handOver('ben', 1, 'eve'), code('EditState'));
});

t.test('who was handed an edit and handed on without writing contributed nothing', async (t) => {
  const s = started();
  s.submit('ann', [put('a', 1)]);
  s.handOver('ben', 1, 'dan');
  s.handOver('ben', 1, 'eve');
  t.match(s.vote('eve', 1, 'approve', 1), code('SelfApproval'));
  t.match(s.vote('dan', 1, 'approve', 1), { ok: true });
});

t.test('a rejected edit is opened again by another reviewer, as a version of the same contributors', async (t) => {
  const persons: Record<string, string> = { ben2: 'Ben', ben: 'Ben' };
  const s = started((subject) => persons[subject] ?? subject);
  const edit = () => s.state.edits.get(1);
  s.submit('ann', [put('a', 1)]);
  t.match(s.reopen('cid', 1), code('EditState'), 'it is open');
  s.vote('cid', 1, 'approve', 2);
  s.vote('ben', 1, 'reject', 2);
  const tag = editTag(s.state, 1);
  t.match(s.reopen('ben', 1), code('SelfApproval'), 'who rejected it');
  t.match(s.reopen('ben2', 1), code('SelfApproval'), 'and their other subject');
  t.match(s.reopen('ann', 1), code('SelfApproval'), 'and who wrote it');
  t.match(s.reopen('cid', 1, { ifMatch: '"1-other"' }), code('EtagMismatch'));
  t.match(s.reopen('cid', 1, { submitted: null }), code('TextErased'));
  t.match(s.reopen('cid', 1), { ok: true, value: [{ type: 'EditReopened', data: { version: 2, by: 'ann', reason: 'Why' } }] });
  t.match(edit(), {
    state: 'submitted',
    author: 'ann',
    versions: [{ by: 'ann' }, { by: 'ann', version: 2 }],
    acts: [{ act: 'reopened', by: 'cid' }],
  });
  t.equal(countingVotes(found(edit())).size, 0, 'votes lapse');
  t.match(s.reopen('dan', 1, { ifMatch: tag }), code('EtagMismatch'));
  t.match(s.vote('cid', 1, 'approve', 1), { ok: true }, 'who reopened it may decide it');
  t.match(edit(), { state: 'applied' });
  t.equal(s.state.shelves.get('a'), 1);

  const base = s.state.streamRevision;
  s.submit('ann', [put('a', 2)], base);
  s.vote('ben', 2, 'reject', 1);
  s.submit('ann', [put('a', 3)], base);
  s.vote('ben', 3, 'approve', 1);
  t.match(s.reopen('cid', 2), { ok: false, error: { code: 'EditOutdated', events: [{ type: 'Put', keys: ['a'] }] } });
});

t.test('what is split waits in two, and both parts were overtaken where the whole was', async (t) => {
  const s = started();
  s.submit('ann', [put('a', 1), put('b', 1), put('c', 1)]);
  s.vote('ben', 1, 'approve', 2);
  found(found(s.state.edits.get(1)).versions.at(-1)).overtaken = { source: 'source_1', revision: 2 };
  s.happened.length = 0;
  t.match(s.split('ben', 1, [2, 0]), {
    ok: true,
    value: [
      { edit: 1, data: { version: 2, splitInto: 2 } },
      { edit: 2, data: { version: 1, splitFrom: 1 } },
    ],
  });
  const figures = s.happened.map(({ event }) => figuresOf(s.state, event));
  t.match(figures, [
    { begun: { edit: 1, version: 2 }, ended: { edit: 1, version: 1 } },
    { begun: { edit: 2, version: 1 }, ended: undefined },
  ]);
  for (const edit of [1, 2]) t.match(s.state.edits.get(edit)?.versions.at(-1)?.overtaken, { revision: 2 });
  t.same(s.state.edits.get(2)?.versions[0]?.changes, [put('c', 1), put('a', 1)]);
  t.equal(countingVotes(found(s.state.edits.get(1))).size, 0);
  for (const edit of [1, 2]) t.match(s.vote('ann', edit, 'reject', 1), code('SelfApproval'));
});

t.test('which open edits an edit would bring into conflict', async (t) => {
  const s = started();
  const base = s.state.streamRevision;
  s.submit('ann', [put('a', 1), put('b', 1)]);
  s.submit('ben', [put('b', 2), put('c', 2)], base);
  s.submit('cid', [put('d', 3)], base);
  s.submit('dan', [put('a', 4)], base);
  s.withdraw('dan', 4);
  const brought = (edit: number) => broughtIntoConflict(s.state, edit, keysOf);
  t.same(brought(1), [{ edit: 2, author: 'ben', keys: ['b'] }], 'not what rests on something else, and not what is closed');
  t.same(brought(2), [{ edit: 1, author: 'ann', keys: ['b'] }]);
  t.same([brought(3), brought(4), brought(9)], [[], [], []]);
  s.vote('eve', 2, 'approve', 1);
  s.submit('fay', [put('b', 5)]);
  t.same(brought(5), [], 'one that conflicts already is not brought into it');
});
