import t from 'tap';
import {
  aboutIn,
  commandId,
  type DomainEvent,
  decideTake,
  evolveTip,
  initialTip,
  type NewEvent,
  tipAbout,
  tipContact,
  tipText,
} from '../src/index.ts';
import { appended } from './stream.ts';

const id = (prefix: string) => `${prefix}_01h455vb4pex5vsknk084sn02q`;

t.test('a tip is about one thing, in words with nothing hidden in them', async (t) => {
  t.same(aboutIn(tipAbout.parse({ claim: id('claim') })), { kind: 'claim', id: id('claim') });
  for (const sent of [{}, { claim: id('claim'), party: id('party') }, { claim: id('party') }, { edit: id('claim') }, { claim: 7 }])
    t.notOk(tipAbout.safeParse(sent).success, JSON.stringify(sent));
  for (const text of ['', ' \n ', 'x'.repeat(5001), 'a\u202eb', 'a\u0000b', '\u200b', '\ud800', `e${'\u0301'.repeat(40)}`])
    t.notOk(tipText.safeParse(text).success, JSON.stringify(text));
  t.equal(tipText.parse('<b>Two lines</b>\nof e\u0301'), '<b>Two lines</b>\nof \u00e9', 'in NFC, and else as it was written');
  t.notOk(tipContact.safeParse('a@example.org\r\nBcc: b@example.org').success, 'one line');
});

t.test('who takes a tip is decided by its stream: once by each, and a reviewer takes over', async (t) => {
  const state = initialTip();
  const about = { kind: 'claim', id: id('claim') } as const;
  let takes = 0;
  const take = (actor: string, more: { mayTakeOver?: boolean; isClosed?: boolean } = {}) => {
    const decided = decideTake(state, { actor, about, mayTakeOver: false, isClosed: false, ...more });
    if (decided.ok) {
      takes += 1;
      const by = { command: commandId({ subject: actor, method: 'POST', path: '/', key: String(takes) }), actor };
      for (const event of appended(decided.value, { stream: id('tip'), first: state.streamRevision + 1, ...by }))
        evolveTip(state, event as DomainEvent);
    }
    return decided.ok ? decided.value.map(({ type, data }: NewEvent) => ({ type, data })) : decided.error.code;
  };
  t.equal(take('ann', { isClosed: true }), 'TipState');
  t.strictSame(take('ann'), [{ type: 'TipTaken', data: { about } }], 'with what it is about, and no word of it');
  t.equal(take('ann'), 'TipState');
  t.equal(take('ben'), 'TipState');
  t.equal(state.taken?.by, 'ann');
  t.type(take('cid', { mayTakeOver: true }), Array);
  t.equal(state.taken?.by, 'cid');
});
