import assert from 'node:assert/strict';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import {
  appliedEffects,
  aspectStates,
  catalogue,
  claimsWithStanding,
  type DomainEvent,
  type Incident,
  marks,
  type Path,
  standardVocabulary,
  standings,
  statusesOfProceedings,
  uncountedFlags,
  uncountedStances,
} from '../src/index.ts';
import { clash, comparable, supports } from '../src/rules/compare.ts';
import { someClaim, someRecord } from './arbitrary-record.ts';
import { asRead, type ClaimWords, claim, documentOf, fold, type Given, given, parties, reported, tagCase } from './given.ts';

const derive = (state: Incident) => {
  const derived = standings(state, parties, tagCase);
  return {
    standings: [...derived],
    states: aspectStates(claimsWithStanding(state, derived), parties, standardVocabulary).map((row) => ({
      ...row,
      voiceOf: [...row.voiceOf],
    })),
    applied: [...appliedEffects(state, parties, tagCase)],
    proceedings: [...statusesOfProceedings(state)],
  };
};
const read = (events: Given[]) => asRead([reported, ...events]);

/** The event with each text dropped, or replaced by what `put` makes of it. */
const withTexts = (event: DomainEvent, put: ((old: unknown) => unknown) | null): DomainEvent => {
  const copy = structuredClone(event);
  const paths: Path[] = catalogue[event.type]?.texts(copy.data) ?? [];
  for (const path of paths) {
    const last = path.at(-1) ?? '';
    const holder = path.slice(0, -1).reduce<unknown>((of, key) => (of as Record<string, unknown>)[key], copy.data) as Record<
      string,
      unknown
    >;
    if (put === null) delete holder[last];
    else holder[last] = put(holder[last]);
  }
  return copy;
};

const uncounted = ({ stance, flags, value }: ClaimWords): boolean =>
  uncountedStances.has(stance ?? 'asserts') ||
  (flags ?? []).some((flag) => uncountedFlags.has(flag)) ||
  ['unknown', 'withheld', 'sealed'].includes(value?.kind ?? '');

const holds = (t: Test, property: fc.IRawProperty<unknown>, numRuns = 200) => {
  fc.assert(property, { numRuns });
  t.pass(`held for ${numRuns} records`);
};

t.test('standings and states are a function of the events, and of no text', async (t) => {
  const other = (old: unknown) => (typeof old === 'string' ? 'something else' : old);
  const property = fc.property(someRecord, (events) => {
    const whole = derive(fold(read(events)));
    assert.deepStrictEqual(derive(fold(read(events))), whole);
    assert.deepStrictEqual(derive(fold(read(events).map((event) => withTexts(event, null)))), whole);
    assert.deepStrictEqual(derive(fold(read(events).map((event) => withTexts(event, other)))), whole);
  });
  holds(t, property, 300);
});

t.test('the standing is the first of the marks, which stand in their order, each once', async (t) => {
  const property = fc.property(someRecord, (events) => {
    for (const [, { standing, marks: own }] of standings(fold(read(events)), parties, tagCase)) {
      assert.deepStrictEqual(
        own,
        marks.filter((mark) => own.includes(mark)),
      );
      assert.equal(standing, own[0] ?? 'standing');
    }
  });
  holds(t, property);
});

t.test('to clash and to support are symmetric, no two claims do both, and no claim clashes with itself', async (t) => {
  const property = fc.property(someRecord, (events) => {
    const all = [...fold(read(events)).claims.values()].flatMap(({ claim: it }) => {
      const own = comparable(it, parties);
      const aspect = standardVocabulary.aspects.get(it.aspect);
      return own === null || aspect === undefined ? [] : [{ own, aspect, row: `${it.aspect} ${it.about}` }];
    });
    for (const one of all) {
      for (const other of all) {
        if (one.row !== other.row) continue;
        assert.equal(clash(one.own, other.own, one.aspect), clash(other.own, one.own, one.aspect));
        assert.equal(supports(one.own, other.own, one.aspect), supports(other.own, one.own, one.aspect));
        assert.ok(!(clash(one.own, other.own, one.aspect) && supports(one.own, other.own, one.aspect)));
      }
      assert.ok(!clash(one.own, one.own, one.aspect));
    }
  });
  holds(t, property);
});

t.test('a state does not depend on the order in which its claims came', async (t) => {
  const states = (claims: Given[]) =>
    aspectsOf(claims)
      .map(({ aspect, about, state, voices }) => [aspect, about, state, voices].join(' '))
      .sort();
  const aspectsOf = (claims: Given[]) => {
    const state = fold(read(claims));
    return aspectStates(claimsWithStanding(state, standings(state, parties, tagCase)), parties, standardVocabulary);
  };
  const property = fc.property(fc.array(someClaim, { minLength: 2, maxLength: 10 }), fc.infiniteStream(fc.nat(1000)), (words, keys) => {
    const claims = words.map((it, index) => claim(`c${index}`, it));
    const shuffled = claims
      .map((it) => ({ it, key: keys.next().value ?? 0 }))
      .sort((one, other) => one.key - other.key)
      .map(({ it }) => it);
    assert.deepStrictEqual(states(shuffled), states(claims));
  });
  holds(t, property);
});

t.test('a repeat by an outlet, or found by another way, adds no voice and changes no state of what is counted', async (t) => {
  const property = fc.property(fc.array(someClaim, { minLength: 1, maxLength: 8 }), fc.nat(7), fc.boolean(), (words, which, relayed) => {
    const claims = words.map((it, index) => claim(`c${index}`, it));
    const repeated = words[which % words.length];
    if (repeated === undefined) return;
    const before = given(...claims);
    // What was not counted, like an unclear quote, can be counted once it is said clearly: that is no repeat.
    fc.pre(!uncounted(repeated));
    const again = relayed
      ? { ...repeated, by: 'thirdOutlet', capacity: 'reporter' as const, ownReporting: false }
      : { ...repeated, via: ['otherOutlet'] };
    const after = given(...claims, claim('again', again));
    assert.equal(after.aspect(repeated.aspect, repeated.about), before.aspect(repeated.aspect, repeated.about));
    assert.equal(after.voices(repeated.aspect, repeated.about), before.voices(repeated.aspect, repeated.about));
  });
  holds(t, property);
});

t.test('a document is plain JSON: nothing undefined, the same bytes from the same events, erased or not', async (t) => {
  const property = fc.property(someRecord, (events) => {
    const document = documentOf(fold(read(events)));
    assert.deepStrictEqual(JSON.parse(JSON.stringify(document)), document);
    assert.equal(JSON.stringify(documentOf(fold(read(events)))), JSON.stringify(document));
    const erased = documentOf(fold(read(events).map((event) => withTexts(event, null))));
    assert.deepStrictEqual(JSON.parse(JSON.stringify(erased)), erased);
    assert.ok(erased.claims.every(({ statement, citations }) => statement === null && citations.every(({ quote }) => quote === null)));
  });
  holds(t, property);
});
