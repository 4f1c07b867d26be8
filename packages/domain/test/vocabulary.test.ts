import { readFileSync } from 'node:fs';
import t from 'tap';
import {
  type AspectDefinition,
  capacities,
  claimEffects,
  exampleOf,
  flags,
  loadVocabulary,
  rulingEffects,
  sentClaim,
  stanceRules,
  stances,
  standardVocabulary,
  uncountedFlags,
  uncountedStances,
} from '../src/index.ts';
import { outcome, scene } from './scene.ts';

const proceedingTypes = [...standardVocabulary.proceedingTypes.keys()];
const proceedingStatuses = [...standardVocabulary.proceedingStatuses.keys()];

const published = readFileSync(new URL('../../../docs/vocabulary.md', import.meta.url), 'utf8');

t.test('the published page has every aspect as it is, and every other word', async (t) => {
  const row = ({ name, kinds, units, terms, opposites, varies, description, ...flags }: AspectDefinition): string => {
    const marks = [
      flags.accusatory && 'accusatory',
      flags.personal && 'personal',
      flags.multiple && 'several',
      varies && 'varies',
      flags.neverCompared && 'not compared',
      ...opposites.map((pair) => `${pair.join(' and ')} are opposites`),
    ].filter(Boolean);
    return `| ${[`\`${name}\``, kinds.join(', '), [...(units ?? []), ...terms].join(', '), marks.join(', '), description].join(' | ')} |`.replaceAll(
      '  ',
      ' ',
    );
  };
  const rows = published.split('\n').filter((line) => /^\| `/.test(line));
  t.same(rows, [...standardVocabulary.aspects.values()].map(row));
  const statuses = (ends: boolean | null) =>
    proceedingStatuses.filter((status) => standardVocabulary.proceedingStatuses.get(status)?.ends === ends);
  const lists = {
    ...{ Units: [...standardVocabulary.units.keys()], Capacities: capacities, Stances: stances, Proceedings: proceedingTypes },
    ...{ 'Statuses of one that is open': statuses(false), 'Statuses that end one': statuses(true) },
    ...{ 'Statuses that do not tell which': statuses(null) },
    ...{ 'Effects on a claim': claimEffects, 'Effects on a ruling': rulingEffects, Flags: flags },
  };
  for (const [name, words] of Object.entries(lists)) {
    const line = published.split('\n').find((one) => one.startsWith(`- ${name}: `)) ?? '';
    t.same(
      [...line.matchAll(/`([a-z_0-9]+)`/g)].map(([, word]) => word),
      [...words],
      name,
    );
  }
});

t.test('what becomes of cases can be said, and whether it ends them', async (t) => {
  const ends = (status: string) => standardVocabulary.proceedingStatuses.get(status)?.ends;
  for (const status of ['expunged', 'pardoned', 'ignored_bill', 'dismissed', 'abated', 'sustained']) t.equal(ends(status), true, status);
  for (const status of ['open', 'diverted', 'hung_jury', 'mistrial']) t.equal(ends(status), false, status);
  for (const status of ['sealed', 'remanded']) t.equal(ends(status), null, status);
});

/** The example of an aspect, sent to a scene that has its parties, and its quote in the source. */
const sendExample = (aspect: AspectDefinition) => {
  const sent = exampleOf(aspect) ?? {};
  const [{ source, quote }] = sent.citations as [{ source: string; quote: { exact: string } }];
  const claim = sentClaim.parse(sent);
  const named = [claim.speaker, claim.about, claim.value.kind === 'party' ? claim.value.value : null];
  const s = scene();
  s.published();
  for (const id of named)
    if (id !== null)
      s.facts.parties.set(id, { id, kind: 'agency', private: false, publicRole: null, parent: null, mergedInto: null, name: '§' });
  s.facts.sources.set(source, { textRevisions: 1, isFilm: false, withdrawn: false });
  return s.submit([{ kind: 'add_claim', claim: sent }], { text: `§ ${quote.exact} §` });
};

t.test('every aspect has a description and an example that is taken as it is sent', async (t) => {
  for (const aspect of standardVocabulary.aspects.values()) {
    t.match(aspect.description, /^\p{Lu}.+\.$/u, aspect.name);
    for (const pitfall of aspect.pitfalls) t.match(pitfall, /^.+[.”]$/u, aspect.name);
    t.equal(outcome(sendExample(aspect)), 'EditSubmitted', aspect.name);
    t.match(exampleOf(aspect)?.statement, /^The \p{Ll}|^A \p{Ll}/u, 'the statement opens with its speaker');
  }
});

t.test('every aspect says its values in words of its own', async (t) => {
  for (const { name, terms, says } of standardVocabulary.aspects.values()) {
    t.ok(says, name);
    t.same(Object.keys(says?.terms ?? {}), terms, name);
  }
});

t.test('what is not counted, and what stances ask for', async (t) => {
  t.same([...uncountedStances].sort(), ['announces', 'cannot_confirm', 'no_response', 'opines', 'retracts']);
  t.same([...uncountedFlags].sort(), ['attribution_unclear', 'negation_unclear', 'sense_unclear']);
  t.same(
    stances.filter((stance) => stanceRules[stance].needsRelation),
    ['confirms', 'admits'],
  );
});

t.test('a configuration adds aspects, units, terms, and types and statuses of proceedings', async (t) => {
  const { aspects, units } = loadVocabulary({
    units: ['shield'],
    aspects: [{ name: 'shields', group: 'event', kinds: ['quantity'], units: ['shield'] }],
    terms: { weapon: ['shield'] },
  });
  t.ok(units.has('shield'));
  t.match(aspects.get('shields'), { kinds: ['quantity'], multiple: false });
  t.ok(aspects.get('weapon')?.terms.includes('shield'));
  t.notOk(standardVocabulary.aspects.has('shields'), 'the standard one stays as it is');
  const own = loadVocabulary({
    proceedingTypes: { parole: {} },
    proceedingStatuses: { paroled: { meaning: 'let out on conditions', ends: true } },
  });
  t.same(own.proceedingStatuses.get('paroled'), { meaning: 'let out on conditions', ends: true });
  t.ok(own.proceedingTypes.has('parole') && own.proceedingStatuses.has('dismissed'));
  t.notOk(standardVocabulary.proceedingStatuses.has('paroled'));
});

t.test('a configuration that is wrong is refused with what is wrong', async (t) => {
  const aspect = { name: 'own', group: 'event', kinds: ['boolean' as const] };
  t.throws(() => loadVocabulary({ aspects: [{ ...aspect, name: 'weapon' }] }), /aspect weapon is defined twice/);
  t.throws(() => loadVocabulary({ units: ['shot'] }), /unit shot is defined twice/);
  t.throws(() => loadVocabulary({ proceedingStatuses: { open: { ends: false } } }), /status of proceedings open is defined twice/);
  t.throws(() => loadVocabulary({ proceedingStatuses: { paroled: {} } }), /ends/);
  t.throws(() => loadVocabulary({ terms: { nothing: ['a'] } }), /no such aspect/);
  t.throws(() => loadVocabulary({ terms: { weapon: ['blade'] } }), /term of weapon blade is defined twice/);
  t.throws(() => loadVocabulary({ terms: { fled: ['a'] } }), /takes no terms/);
  t.throws(() => loadVocabulary({ aspects: [{ ...aspect, kinds: ['quantity'], units: ['stone'] }] }), /no such unit/);
  t.throws(() => loadVocabulary({ aspects: [{ ...aspect, kinds: ['term'] }] }), /has terms exactly when/);
  t.throws(() => loadVocabulary({ aspects: [{ ...aspect, says: { clause: '{about} fled' } }] }), /no verb in brackets/);
  t.throws(() => loadVocabulary({ aspects: [{ ...aspect, says: { clause: '{whom} [fled|flee]' } }] }), /holds a brace or bracket/);
  t.throws(
    () => loadVocabulary({ aspects: [{ ...aspect, kinds: ['text'], says: { clause: 'it [was] {value}' } }] }),
    /says.asked is needed/,
  );
  t.throws(
    () => loadVocabulary({ aspects: [{ ...aspect, kinds: ['term'], terms: ['a'], opposites: [['a', 'b']] }] }),
    /opposites must be terms/,
  );
});
