import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import {
  type AspectDefinition,
  capacities,
  claimEffects,
  flags,
  loadVocabulary,
  rulingEffects,
  stanceRules,
  stances,
  standardVocabulary,
  uncountedFlags,
  uncountedStances,
} from '../src/index.ts';

const page = new URL('../../../../shared/design/vocabulary.md', import.meta.url);

/** One aspect in the words of the design's page: `name kind unit {terms} flags`, the terms left to a comparison of their own. */
const line = ({ name, kinds, units, varies, ...flags }: AspectDefinition): string => {
  const letters = [flags.multiple && 'M', varies && 'V', flags.accusatory && 'A', flags.neverCompared && 'X'].filter(Boolean);
  return [name, kinds.join('|'), ...(units ?? []), ...letters.sort()].join(' ');
};

const proceedingTypes = [...standardVocabulary.proceedingTypes.keys()];
const proceedingStatuses = [...standardVocabulary.proceedingStatuses.keys()];

const published = readFileSync(new URL('../../../docs/vocabulary.md', import.meta.url), 'utf8');

t.test('the published page has every aspect as it is, and every other word', async (t) => {
  const row = ({ name, kinds, units, terms, opposites, varies, ...flags }: AspectDefinition): string => {
    const marks = [
      flags.accusatory && 'accusatory',
      flags.multiple && 'several',
      varies && 'varies',
      flags.neverCompared && 'not compared',
      ...opposites.map((pair) => `${pair.join(' and ')} are opposites`),
    ].filter(Boolean);
    return `| ${[`\`${name}\``, kinds.join(', '), [...(units ?? []), ...terms].join(', '), marks.join(', ')].join(' | ')} |`.replaceAll(
      '  ',
      ' ',
    );
  };
  const rows = published.split('\n').filter((line) => /^\| `/.test(line));
  t.same(rows, [...standardVocabulary.aspects.values()].map(row));
  const statuses = (ends: boolean | null) =>
    proceedingStatuses.filter((status) => standardVocabulary.proceedingStatuses.get(status)?.ends === ends);
  const lists = {
    ...{ Units: [...standardVocabulary.units], Capacities: capacities, Stances: stances, Proceedings: proceedingTypes },
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

t.test('the aspects are those of the design, where it lies beside the checkout', async (t) => {
  if (!existsSync(page)) return t.comment('it does not');
  const block = readFileSync(page, 'utf8').split('```')[1] ?? '';
  const listed = block
    .slice(block.indexOf('time time'), block.indexOf('\n\nunits'))
    .replace(/\n *(EVENT|CONDUCT|FORCE|HARM|PERSON|LAW|CONTEXT)? +/g, ' · ')
    .split('·');
  const design = listed.map((entry) => {
    const [, terms] = /\{([^}]*)\}/.exec(entry) ?? [];
    const words = entry
      .replace(/\{[^}]*\}|\([^)]*\)|;.*$/gs, ' ')
      .trim()
      .split(/\s+/);
    const letters = words.filter((word) => /^[AMVX]$/.test(word)).sort();
    return { line: [...words.filter((word) => !/^[AMVX]$/.test(word)), ...letters].join(' '), terms: terms?.split(/,\s*/) ?? [] };
  });
  t.equal(design.length, 54);
  t.same(
    design,
    [...standardVocabulary.aspects.values()].map((aspect) => ({ line: line(aspect), terms: aspect.terms })),
  );
  const lists = { units: [...standardVocabulary.units], capacities, proceedings: proceedingTypes };
  for (const [name, words] of Object.entries(lists)) t.same(new RegExp(`^${name} +(.*)$`, 'm').exec(block)?.[1]?.split(' '), words, name);
  for (const word of [...stances, ...claimEffects, ...rulingEffects, ...flags]) t.match(block, new RegExp(`\\b${word}\\b`));
});

t.test('what becomes of cases can be said, and whether it ends them', async (t) => {
  const ends = (status: string) => standardVocabulary.proceedingStatuses.get(status)?.ends;
  for (const status of ['expunged', 'pardoned', 'ignored_bill', 'dismissed', 'abated', 'sustained']) t.equal(ends(status), true, status);
  for (const status of ['open', 'diverted', 'hung_jury', 'mistrial']) t.equal(ends(status), false, status);
  for (const status of ['sealed', 'remanded']) t.equal(ends(status), null, status);
});

t.test('what is not counted, and what stances ask for', async (t) => {
  t.same([...uncountedStances].sort(), ['announces', 'cannot_confirm', 'no_response', 'opines', 'retracts']);
  t.same([...uncountedFlags].sort(), ['attribution_unclear', 'negation_unclear', 'sense_unclear']);
  t.same(
    stances.filter((stance) => stanceRules[stance].needsRelation),
    ['confirms', 'admits'],
  );
  t.equal(stanceRules.cannot_confirm.shownAs, 'has not confirmed');
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
  t.throws(
    () => loadVocabulary({ aspects: [{ ...aspect, kinds: ['term'], terms: ['a'], opposites: [['a', 'b']] }] }),
    /opposites must be terms/,
  );
});
