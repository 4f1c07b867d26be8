import fc from 'fast-check';
import t from 'tap';
import { eachItself } from '../src/index.ts';
import { contributors, countingVotes, editTag, openComments } from '../src/review/edit.ts';
import { figuresOf } from '../src/review/figures.ts';
import { noticesOf } from '../src/review/notices.ts';
import { put, started } from './shelves.ts';

t.test('an edit goes its way', async (t) => {
  const s = started();
  s.submit('ann', [put('a', 1)]);
  t.match(s.vote('ann', 1, 'approve', 2), { ok: false, error: { code: 'SelfApproval' } });
  s.vote('ben', 1, 'approve', 2);
  t.match(s.state.edits.get(1), { state: 'submitted' });
  t.match(s.vote('ben', 1, 'approve', 2), { ok: false, error: { code: 'VoteRepeated' } });
  s.vote('cid', 1, 'approve', 2);
  t.match(s.state.edits.get(1), { state: 'applied' });
  t.equal(s.state.shelves.get('a'), 1);

  const base = s.state.streamRevision;
  s.submit('ann', [put('a', 2)]);
  s.submit('ben', [put('b', 2)]);
  s.vote('cid', 2, 'approve', 1);
  t.match(s.submit('ann', [put('a', 3)], base), { ok: false, error: { code: 'EditOutdated', events: [{ type: 'Put', keys: ['a'] }] } });
  t.match(s.submit('ann', [put('b', 3)], base), { ok: true });
  t.match(s.withdraw('cid', 3), { ok: false, error: { code: 'NotAuthor' } });
  t.match(s.breakLease('cid', 3, 'ann'), { ok: true });
  t.match(s.withdraw('ben', 3), { ok: true });
});

t.test('who takes part in an edit is told what others do to it from then on, in words that later events do not change', async (t) => {
  const s = started();
  const told = () => {
    const news = s.happened.flatMap((one) =>
      one.told.map(({ subject, code, edit, decision }) => [subject, code, edit, decision].join(' ')),
    );
    for (const { event, told } of s.happened) t.same(noticesOf(s.state, event), told, 'what came later changes nothing');
    s.happened.length = 0;
    return news.map((one) => one.trim()).sort();
  };
  s.submit('ann', [put('a', 1)]);
  t.same(told(), [], 'who submits knows');
  s.comment('ben', 1);
  const asked = s.state.edits.get(1)?.comments[0]?.id ?? '';
  t.same(told(), ['ann commented 1']);
  s.comment('ann', 1, { inReplyTo: asked });
  s.resolve('ann', 1, asked);
  t.same(told(), ['ben answered 1', 'ben comment_resolved 1']);
  s.vote('cid', 1, 'approve', 2);
  s.vote('dan', 1, 'request_changes', 2);
  t.same(told(), [
    'ann approved 1 approve',
    'ann decided 1 request_changes',
    'ben approved 1 approve',
    'ben decided 1 request_changes',
    'cid decided 1 request_changes',
  ]);
  s.revise('ann', 1, [put('a', 2)]);
  t.same(told(), ['ben revised 1', 'cid lapsed 1', 'dan lapsed 1']);
  s.vote('cid', 1, 'approve', 2);
  s.withdrawVote('cid', 1);
  t.same(
    told().filter((one) => one.startsWith('ann')),
    ['ann approved 1 approve', 'ann vote_withdrawn 1'],
  );
  s.breakLease('dan', 1, 'eva');
  t.same(told(), ['eva lease_broken 1'], 'who held it, and nobody else');
  s.vote('cid', 1, 'approve', 1);
  t.same(told(), ['ann decided 1 approve', 'ben decided 1 approve', 'dan decided 1 approve'], 'the vote that applies it decides');
  s.submit('ann', [put('b', 1)]);
  s.vote('cid', 2, 'reject', 1);
  s.submit('ann', [put('c', 1)]);
  s.vote('ben', 3, 'approve', 2);
  s.withdraw('ann', 3);
  t.same(told(), ['ann approved 3 approve', 'ann decided 2 reject', 'ben withdrawn 3'], 'of each edit those who take part in it');
  s.reopen('eva', 2);
  t.same(told(), ['ann reopened 2', 'cid reopened 2']);
  s.handOver('eva', 2, 'gil');
  t.same(told(), ['ann handed_over 2', 'cid handed_over 2', 'gil handed_over 2'], 'whose own it is now too');
  s.comment('ben', 2);
  t.same(told(), ['ann commented 2', 'cid commented 2', 'gil commented 2']);
  s.submit('fay', [put('a', 1)], s.state.streamRevision, 1);
  t.same(told(), []);
  s.vote('ben', 4, 'approve', 1);
  t.same(told(), ['ann reverted 1', 'cid reverted 1', 'dan reverted 1', 'fay decided 4 approve'], 'and of the edit that it undoes');
  s.submit('ann', [put('x', 1), put('y', 1)]);
  s.handOver('ben', 5, 'dan');
  s.vote('cid', 5, 'approve', 2);
  told();
  s.split('fay', 5, [1]);
  t.same(told(), ['ann split 5', 'cid lapsed 5', 'dan split 5']);
  s.comment('fay', 6);
  t.same(told(), ['ann commented 6', 'dan commented 6'], 'who contributed to the one takes part in the other');
});

t.test('two subjects of one person are one, also on an edit that was open before that was known', async (t) => {
  const known = new Map<string, string>();
  const s = started((subject) => known.get(subject) ?? subject);
  s.submit('ann', [put('a', 1)]);
  t.match(s.vote('ann2', 1, 'approve', 2), { ok: true }, 'nobody knows of it');
  for (const subject of ['ann', 'ann2']) known.set(subject, 'Ann');
  t.match(s.vote('ann2', 1, 'reject', 2), { ok: false, error: { code: 'SelfApproval' } });
  t.match(s.breakLease('ann2', 1, 'ben'), { ok: false, error: { code: 'SelfApproval' } });
  s.vote('ben', 1, 'approve', 2);
  t.match(s.state.edits.get(1), { state: 'submitted' }, 'the vote of before counts no more');
  for (const subject of ['ben', 'ben2']) known.set(subject, 'Ben');
  t.match(s.vote('ben2', 1, 'approve', 2), { ok: false, error: { code: 'VoteRepeated' } });
  s.vote('cid', 1, 'approve', 2);
  t.match(s.state.edits.get(1), { state: 'applied' });

  s.submit('cid', [put('b', 1)]);
  s.vote('ben', 2, 'approve', 2);
  known.delete('ben2');
  s.vote('ben2', 2, 'approve', 2);
  t.match(s.state.edits.get(2), { state: 'applied' }, 'who stands for itself counts for itself');
});

t.test('comments belong to a version, stay open over the next, and stop what passes over them', async (t) => {
  const s = started();
  const edit = () => s.state.edits.get(1);
  s.submit('ann', [put('a', 1), put('b', 1)]);
  const tag = editTag(s.state, 1);
  t.match(s.comment('ben', 2), { ok: false, error: { code: 'NotFound' } });
  const asked = s.comment('ben', 1, { change: 1 });
  t.match(asked, { ok: true, value: [{ type: 'EditCommented', edit: 1, data: { version: 1, change: 1, inReplyTo: null } }] });
  t.match(s.comment('ben', 1, { change: 2 }), { ok: false, error: { code: 'InvalidChange', errors: [{ pointer: '/change' }] } });
  t.match(s.comment('ben', 1, { inReplyTo: 'comment_' }), { error: { code: 'InvalidChange', errors: [{ pointer: '/inReplyTo' }] } });
  t.match(s.comment('ben', 1, { ifMatch: '"stale"' }), { error: { code: 'EtagMismatch' } });
  t.equal(editTag(s.state, 1), tag, 'the tag stays');
  t.match(s.vote('cid', 1, 'approve', 2), { ok: false, error: { code: 'CommentsOpen' } });
  t.match(s.vote('cid', 1, 'approve', 2, 'It is no matter of this edit.'), {
    ok: true,
    value: [{ type: 'EditApproved', data: { despiteComments: 'It is no matter of this edit.' } }],
  });
  t.match(edit()?.votes, [{ despiteComments: 'It is no matter of this edit.' }]);

  const reply = s.comment('ann', 1, { inReplyTo: asked.id, ifMatch: editTag(s.state, 1) });
  t.match(reply, { ok: true });
  s.revise('ann', 1, [put('a', 1)]);
  t.match(edit()?.comments, [
    { by: 'ben', version: 1, change: 1, resolved: null },
    { by: 'ann', version: 1, inReplyTo: asked.id, resolved: null },
  ]);
  t.strictSame(
    openComments(edit() ?? { comments: [] }).map(({ id }) => id),
    [asked.id],
    'a reply is not open by itself',
  );
  t.match(s.vote('cid', 1, 'approve', 1), { ok: false, error: { code: 'CommentsOpen' } });
  t.match(s.resolve('cid', 1, asked.id), { ok: false, error: { code: 'NotAuthor' } }, 'somebody else’s is not theirs to resolve');
  t.match(s.resolve('ann', 1, reply.id), { ok: false, error: { code: 'RecordState' } });
  t.match(s.resolve('ann', 1, 'comment_'), { ok: false, error: { code: 'NotFound' } });
  t.match(s.resolve('ann', 1, asked.id), { ok: true, value: [{ type: 'EditCommentResolved', edit: 1, data: { comment: asked.id } }] });
  t.match(s.resolve('ben', 1, asked.id), { ok: false, error: { code: 'RecordState' } }, 'once');
  const own = s.comment('cid', 1);
  t.match(own, { value: [{ data: { version: 2 } }] });
  t.match(s.resolve('cid', 1, own.id), { ok: true }, 'one’s own');
  t.match(s.vote('cid', 1, 'approve', 1), { ok: true });
  t.match(edit(), { state: 'applied' });
  t.match(s.comment('ben', 1), { ok: false, error: { code: 'EditState' } });

  s.submit('ann', [put('c', 1)]);
  s.comment('ben', 2);
  t.match(s.vote('cid', 2, 'reject', 1), { ok: true }, 'to reject is always possible');
  t.match(s.resolve('ben', 2, edit()?.comments[0]?.id ?? ''), { ok: false, error: { code: 'NotFound' } }, 'each edit has its own');
});

t.test('who comments did not contribute, and an edit takes so many', async (t) => {
  const s = started();
  s.submit('ann', [put('a', 1)]);
  for (let count = 0; count < 200; count += 1) s.resolve('ben', 1, s.comment('ben', 1).id);
  t.match(s.comment('ben', 1), { ok: false, error: { code: 'EditState' } });
  t.match(s.vote('ben', 1, 'approve', 1), { ok: true });
});

t.test('who is recused neither decides nor breaks a lease, and what they approved counts no more', async (t) => {
  const recused = new Set<string>();
  const s = started(eachItself, (subject) => recused.has(subject));
  s.submit('ann', [put('a', 1)]);
  t.match(s.vote('ben', 1, 'approve', 2), { ok: true });
  recused.add('ben');
  t.match(s.vote('ben', 1, 'reject', 2), { ok: false, error: { code: 'Recused' } });
  t.match(s.breakLease('ben', 1, 'cid'), { ok: false, error: { code: 'Recused' } });
  t.match(s.handOver('ben', 1, 'dan'), { ok: false, error: { code: 'Recused' } });
  t.match(s.reopen('ben', 1), { ok: false, error: { code: 'Recused' } });
  s.vote('cid', 1, 'approve', 2);
  t.match(s.state.edits.get(1), { state: 'submitted' }, 'the vote of before does not count');
  t.match(s.withdrawVote('ben', 1), { ok: true }, 'it can be taken back');
  recused.add('ann');
  t.match(s.withdraw('ann', 1), { ok: true }, 'nor does it keep anybody from the own edit');
});

t.test('a vote is taken back by who cast it, while it has not decided', async (t) => {
  const s = started();
  s.submit('ann', [put('a', 1)]);
  t.match(s.withdrawVote('ben', 1), { ok: false, error: { code: 'NoVote' } });
  t.match(s.withdrawVote('ben', 2), { ok: false, error: { code: 'NotFound' } });
  s.vote('ben', 1, 'approve', 2);
  const tag = editTag(s.state, 1);
  t.match(s.withdrawVote('ben', 1, '"stale"'), { ok: false, error: { code: 'EtagMismatch' } });
  t.match(s.withdrawVote('cid', 1), { ok: false, error: { code: 'NoVote' } }, 'each their own');
  t.match(s.withdrawVote('ben', 1), { ok: true, value: [{ type: 'EditVoteWithdrawn', edit: 1, data: { version: 1 } }] });
  t.not(editTag(s.state, 1), tag, 'what others read of the votes has changed');
  const [edit] = [...s.state.edits.values()];
  t.match(edit, { state: 'submitted', votes: [{ by: 'ben', decision: 'approve', withdrawn: { reason: null } }] }, 'it stays readable');
  t.match(s.withdrawVote('ben', 1), { ok: false, error: { code: 'NoVote' } });

  s.vote('cid', 1, 'approve', 2);
  t.equal(edit?.state, 'submitted', 'what was taken back counts no more');
  t.match(s.vote('ben', 1, 'approve', 2), { ok: true }, 'and may be cast anew');
  t.equal(edit?.state, 'applied');
  t.match(s.withdrawVote('cid', 1), { ok: false, error: { code: 'EditState' } }, 'a vote that has decided stays');
});

t.test('a vote that sent an edit back, or one for an earlier version, is not taken back', async (t) => {
  const s = started();
  s.submit('ann', [put('a', 1)]);
  s.vote('ben', 1, 'approve', 2);
  s.vote('cid', 1, 'request_changes', 2);
  for (const by of ['ben', 'cid']) t.match(s.withdrawVote(by, 1), { ok: false, error: { code: 'EditState' } });
  s.revise('ann', 1, [put('a', 2)]);
  for (const by of ['ben', 'cid']) t.match(s.withdrawVote(by, 1), { ok: false, error: { code: 'NoVote' } });
});

t.test('whatever happens, what stands was approved by as many as it needed, none of whom wrote it', async (t) => {
  const people = fc.constantFrom('ann', 'ben', 'cid', 'dan');
  const step = fc.record({
    by: people,
    what: fc.constantFrom(
      'submit',
      'revise',
      'approve',
      'approve',
      'approve',
      'withdrawVote',
      'reject',
      'request_changes',
      'withdraw',
      'breakLease',
    ),
    edit: fc.integer({ min: 1, max: 4 }),
    shelf: fc.constantFrom('a', 'b'),
    number: fc.integer({ min: 0, max: 9 }),
  });
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
  const take = (s: ReturnType<typeof started>, { by, what, edit, shelf, number }: Step, needed: number): boolean => {
    const changes = [put(shelf, number)];
    if (what === 'submit') return s.submit(by, changes).ok;
    if (what === 'revise') return s.revise(by, edit, changes).ok;
    if (what === 'withdraw') return s.withdraw(by, edit).ok;
    if (what === 'withdrawVote') return s.withdrawVote(by, edit).ok;
    if (what === 'breakLease') return s.breakLease(by, edit, 'dan').ok;
    return s.vote(by, edit, what as 'approve', needed).ok;
  };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(1, 2), (steps, needed) => {
      const s = started();
      // Who approves each edit, counted beside the fold.
      const approving = new Map<number, Set<string>>();
      for (const each of steps) {
        const { by, what, edit } = each;
        if (!take(s, each, needed)) continue;
        if (what === 'approve') approving.set(edit, (approving.get(edit) ?? new Set()).add(by));
        else if (what === 'revise') approving.delete(edit);
        else if (what === 'withdrawVote') approving.get(edit)?.delete(by);
      }
      return [...s.state.edits.values()].every((edit) => {
        const approved = [...countingVotes(edit).values()].filter(({ decision }) => decision === 'approve');
        if (edit.votes.some(({ by, version }) => edit.versions.slice(0, version).some((own) => own.by === by))) return false;
        if (edit.state !== 'applied') return edit.state !== 'submitted' || approved.length < needed;
        const given = approving.get(edit.edit)?.size ?? 0;
        return given >= needed && approved.length >= needed && !approved.some(({ by }) => contributors(edit).has(by));
      });
    }),
  );
  t.pass();
});

t.test('figures say what waits, what was cast, and which votes were overturned or reverted, each once', async (t) => {
  const s = started();
  const told = () => {
    const news = s.happened.flatMap(({ event }) => {
      const { begun, ended, cast, overturned = [], reverted = [] } = figuresOf(s.state, event);
      return [
        ...(ended ? [`-${ended.edit}.${ended.version}`] : []),
        ...(begun ? [`+${begun.edit}.${begun.version} ${begun.kinds}`] : []),
        ...(cast ? [`${cast.by} ${cast.decision} ${cast.kinds}`] : []),
        ...overturned.map(({ by, decision }) => `overturned ${by} ${decision}`),
        ...reverted.map(({ by }) => `reverted ${by}`),
      ];
    });
    s.happened.length = 0;
    return news;
  };
  s.submit('ann', [put('a', 1), put('b', 1)]);
  s.vote('ben', 1, 'approve', 3);
  s.withdrawVote('ben', 1);
  s.vote('cid', 1, 'approve', 3);
  t.same(told(), ['+1.1 shelf', 'ben approve shelf', 'overturned ben approve', 'cid approve shelf']);
  s.revise('ann', 1, [put('a', 2)]);
  s.vote('ben', 1, 'approve', 3);
  s.vote('cid', 1, 'request_changes', 3);
  t.same(
    told(),
    ['-1.1', '+1.2 shelf', 'ben approve shelf', 'cid request_changes shelf', 'overturned ben approve'],
    'a vote that lapsed is not overturned; one against a version overturns what approved of it',
  );
  s.revise('ann', 1, [put('a', 4)]);
  s.vote('ben', 1, 'approve', 3);
  s.withdrawVote('ben', 1);
  s.vote('cid', 1, 'approve', 3);
  s.vote('dan', 1, 'reject', 3);
  t.same(
    told().filter((one) => /overturned|^-/.test(one)),
    ['-1.2', 'overturned ben approve', '-1.3', 'overturned cid approve'],
    'nothing is overturned twice',
  );
  s.reopen('eva', 1);
  t.same(told(), ['+1.4 shelf', 'overturned dan reject']);
  s.submit('ann', [put('c', 1)]);
  s.withdraw('ann', 2);
  s.submit('ann', [put('a', 3)]);
  s.vote('ben', 3, 'approve', 2);
  s.vote('cid', 3, 'approve', 2);
  t.same(told(), ['+2.1 shelf', '-2.1', '+3.1 shelf', 'ben approve shelf', 'cid approve shelf', '-3.1']);
  for (const number of [4, 5]) {
    s.submit('fay', [put('a', 1)], s.state.streamRevision, 3);
    s.vote('dan', number, 'approve', 1);
  }
  t.same(
    told().filter((one) => one.startsWith('reverted')),
    ['reverted ben', 'reverted cid'],
  );
});
