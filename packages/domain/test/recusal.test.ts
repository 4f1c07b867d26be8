import t from 'tap';
import {
  commandId,
  type DomainEvent,
  decideRecusal,
  decideRecusalEnd,
  evolveRecusals,
  type From,
  initialRecusals,
  meets,
  type NewEvent,
  type Parties,
  type PartyFacts,
  type Result,
  recusalStream,
  recusalsOf,
} from '../src/index.ts';

const personOf = (subject: string) => subject.replace(/\d$/, '');
const command = (key: string) => commandId({ subject: 'ann', method: 'POST', path: '/v1/recusals', key });
const nothing: From = { party: null, incident: null };

/** What was declared and ended, one after the other. */
const told = () => {
  const state = initialRecusals();
  const run = (actor: string, decided: Result<NewEvent[]>) => {
    if (!decided.ok) return decided.error.code;
    for (const { type, data } of decided.value) {
      const revision = state.streamRevision + 1;
      const place = { stream: recusalStream, revision, command: `c${revision}`, request: null, edit: null };
      evolveRecusals(state, { ...place, type, data, actor, recordedAt: `2026-11-30T12:00:0${revision}Z` } as unknown as DomainEvent);
    }
    const [event] = decided.value as [NewEvent<'RecusalEnded'>];
    return event.data.recusal;
  };
  return {
    state,
    declare: (actor: string, subject: string, from: Partial<From>, key = `${subject} ${JSON.stringify(from)}`) =>
      run(actor, decideRecusal(state, { ...nothing, ...from, command: command(key), subject, reason: 'A relative works there' })),
    end: (actor: string, id: string) => run(actor, decideRecusalEnd(state, { id, actor, reason: 'That was long ago', personOf })),
  };
};

t.test('a recusal holds for the person until an admin ends it who is another one', async (t) => {
  const s = told();
  const id = s.declare('ann', 'ann', { party: 'party_a' });
  t.equal(s.declare('boss', 'ann', { party: 'party_a' }, 'again'), 'RecordState');
  s.declare('boss', 'ben', { incident: 'incident_a' });
  t.match(recusalsOf(s.state, personOf, ['ann2']), [{ id, party: 'party_a', incident: null }], 'the other subject of that person');
  t.match(recusalsOf(s.state, personOf, ['cid']), []);
  t.equal(s.end('ann3', id), 'Recused');
  t.equal(s.end('boss', 'recusal_none'), 'NotFound');
  t.equal(s.end('boss', id), id);
  t.equal(s.end('boss', id), 'RecordState');
  t.match(recusalsOf(s.state, personOf, ['ann']), []);
  t.match(s.state.all.get(id), { by: 'ann', ended: { by: 'boss', reason: 'That was long ago' } }, 'it is told nevertheless');
  t.match(s.declare('ann', 'ann', { party: 'party_a' }, 'anew'), /^recusal_/);
});

t.test('it meets what uses the party, who is below it, and whom either is merged into', async (t) => {
  const known: Record<string, Partial<PartyFacts>> = {
    city: {},
    police: { parent: 'city' },
    harbour: { parent: 'police', mergedInto: 'port' },
    port: { parent: 'state' },
    state: {},
    ring: { parent: 'ring2' },
    ring2: { parent: 'ring' },
  };
  const parties = ((id) => known[id] && { mergedInto: null, parent: null, ...known[id] }) as Parties;
  const into: Record<string, string> = { old: 'new', other: 'new' };
  const is = (from: Partial<From>, used: string[], incidents: string[] = ['incident']) =>
    meets([{ ...nothing, ...from }], { parties: used, incidents }, parties, (id) => into[id] ?? null);
  t.ok(is({ party: 'city' }, ['police']), 'who is below');
  t.ok(is({ party: 'city' }, ['harbour']), 'also where that was merged away from it');
  t.notOk(is({ party: 'police' }, ['city']), 'not who is above');
  t.ok(is({ party: 'harbour' }, ['port']), 'it is that one');
  t.ok(is({ party: 'port' }, ['harbour']));
  t.ok(is({ party: 'state' }, ['harbour']));
  t.notOk(is({ party: 'harbour' }, ['state', 'city', 'unknown']));
  t.ok(is({ party: 'ring' }, ['ring2']), 'a circle ends');
  t.ok(is({ incident: 'old' }, [], ['new']), 'what it is merged into');
  t.ok(is({ incident: 'old' }, [], ['other']), 'and what is merged into that');
  t.ok(is({ incident: 'new' }, [], ['old']));
  t.notOk(is({ incident: 'new' }, ['city'], ['incident']));
  t.notOk(meets([], { parties: ['city'], incidents: ['new'] }, parties, () => null));
});
