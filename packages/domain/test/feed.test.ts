import t from 'tap';
import {
  type DomainEvent,
  decideMended,
  decideSkip,
  type EventData,
  evolveFeed,
  type FeedState,
  initialFeed,
  type NewEvent,
} from '../src/index.ts';

const damaged: EventData<'FeedEventSkipped'> = {
  position: '41',
  stream: 'incident_01h455vb4pex5vsknk084sn02q',
  revision: 4,
  why: 'text_missing',
  reason: 'The disk lost it.',
};
const fold = (state: FeedState, events: readonly NewEvent[]) =>
  events.reduce((next, event) => evolveFeed(next, event as DomainEvent), state);
const mended = { type: 'FeedEventMended', edit: null, data: { position: '41', stream: damaged.stream, revision: 4 } };

t.test('an event is passed over once, mended once, and may be damaged again', async (t) => {
  const state = initialFeed();
  t.strictSame(decideMended(state, '41'), [], 'nothing is passed over yet');
  const skip = decideSkip(state, damaged);
  t.strictSame(skip, [{ type: 'FeedEventSkipped', edit: null, data: damaged }]);
  fold(state, skip);
  t.match(state.get('41'), { why: 'text_missing', mended: false });
  t.notOk('reason' in (state.get('41') ?? {}), 'no decision depends on a text');
  t.strictSame(decideSkip(state, damaged), [], 'the same again is nothing');
  t.strictSame(decideMended(state, '40'), []);

  const mend = decideMended(state, '41');
  t.strictSame(mend, [mended]);
  fold(state, mend);
  t.match(state.get('41'), { mended: true });
  t.strictSame(decideMended(state, '41'), []);

  fold(state, decideSkip(state, { ...damaged, why: 'corrupt' }));
  t.match(state.get('41'), { why: 'corrupt', mended: false });
  t.strictSame(decideMended(state, '41'), [mended]);
});
