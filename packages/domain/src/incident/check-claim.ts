import type { Claim, ClaimValue } from '../shapes.ts';
import { type AspectDefinition, stanceRules, type Vocabulary } from '../vocabulary.ts';
import { partyBehind } from '../voices.ts';
import { checkCitations, checkNamed, checkParty, type Draft, type Report } from './draft.ts';

/** Which fields of the claim this change sets: only rules about one of them are asked. */
type Touches = (...fields: (keyof Claim)[]) => boolean;

/** A decimal string in millionths. */
const millionths = (decimal: string): bigint => {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const size = BigInt(whole + fraction.padEnd(6, '0'));
  return decimal.startsWith('-') ? -size : size;
};

const checkQuantity = (
  report: Report,
  value: Extract<ClaimValue, { kind: 'quantity' }>,
  aspect: AspectDefinition,
  vocabulary: Vocabulary,
) => {
  if (!vocabulary.units.has(value.unit)) {
    report('/value/unit', `there is no unit ${value.unit}; there are ${[...vocabulary.units].join(', ')}`);
  } else if (aspect.units && !aspect.units.includes(value.unit)) {
    report('/value/unit', `${aspect.name} is counted in ${aspect.units.join(' or ')}`);
  }
  if (value.comparator !== 'range') {
    if (value.upper !== null) report('/value/upper', 'goes only with the comparator range');
  } else if (value.upper === null) report('/value/upper', 'is needed with the comparator range');
  else if (millionths(value.upper) < millionths(value.value)) report('/value/upper', 'must not be below the value');
};

const checkValue = (draft: Draft, report: Report, value: ClaimValue, aspect: AspectDefinition) => {
  const { vocabulary, incidents } = draft.facts;
  switch (value.kind) {
    case 'unknown':
    case 'none':
    case 'withheld':
    case 'sealed':
      return;
    case 'term':
      if (aspect.kinds.includes('term') && !aspect.terms.includes(value.value)) {
        report('/value/value', `is no term of ${aspect.name}; there are ${aspect.terms.join(', ')}`);
      }
      break;
    case 'quantity':
      checkQuantity(report, value, aspect, vocabulary);
      break;
    case 'party':
      checkParty(draft, report, value.value, '/value/value');
      break;
    case 'incident': {
      const status = incidents(value.value)?.status;
      if (value.value === draft.incident) report('/value/value', 'is this incident itself');
      else if (status === undefined || status === 'none' || status === 'proposed')
        report('/value/value', `there is no published incident ${value.value}`);
      break;
    }
  }
  if (!aspect.kinds.includes(value.kind)) report('/value/kind', `${aspect.name} takes a value of kind ${aspect.kinds.join(' or ')}`);
};

const checkStance = (report: Report, { stance, value, relatesTo, replaces }: Claim) => {
  const rule = stanceRules[stance];
  if (stance === 'denies' && value.kind === 'boolean' && !value.value) {
    report(
      '/value/value',
      'must be true in a denial, which says that the value is not so: for "it is not true that it did not happen" assert true',
    );
  }
  if (rule.valueKind !== null && value.kind !== rule.valueKind)
    report('/value/kind', `must be ${rule.valueKind} with the stance ${stance}`);
  if (rule.needsRelation && relatesTo.length === 0) report('/relatesTo', `must name the claim that the speaker ${stance}`);
  if (rule.needsReplaced && replaces === null) report('/replaces', 'must name the claim that the speaker takes back');
};

/** `replaces` names an earlier claim of the same voice; `order` is where the claim itself stands. */
const checkReplaced = (draft: Draft, report: Report, claim: Claim, order: number) => {
  if (claim.replaces === null) return;
  const replaced = draft.claims.get(claim.replaces);
  if (!replaced || replaced.addedAtRevision >= order) {
    report('/replaces', 'must name a claim of this incident that is earlier in the record, in an edit one of an earlier change');
  } else if (partyBehind(replaced.claim, draft.facts.parties) !== partyBehind(claim, draft.facts.parties)) {
    report('/replaces', 'must name a claim of the same voice: another voice that disagrees makes a claim of its own, or disputes this one');
  }
};

/** Checks a claim as it would stand after the change. Pointers are relative to the claim, or to the `set` of a correction. */
export const checkClaim = (draft: Draft, report: Report, claim: Claim, order: number, touches: Touches = () => true) => {
  const { vocabulary } = draft.facts;
  if (touches('aspect', 'value')) {
    const aspect = vocabulary.aspects.get(claim.aspect);
    if (aspect) checkValue(draft, report, claim.value, aspect);
    else report('/aspect', `there is no aspect ${claim.aspect} in the vocabulary`);
  }
  if (touches('stance', 'value', 'relatesTo', 'replaces')) checkStance(report, claim);
  if (touches('replaces', 'speaker', 'onBehalfOf')) checkReplaced(draft, report, claim, order);
  if (touches('about')) checkParty(draft, report, claim.about, '/about');
  if (touches('speaker')) checkParty(draft, report, claim.speaker, '/speaker');
  if (touches('onBehalfOf')) checkParty(draft, report, claim.onBehalfOf, '/onBehalfOf');
  if (touches('via')) for (const [index, party] of claim.via.entries()) checkParty(draft, report, party, `/via/${index}`);
  if (touches('relatesTo')) {
    for (const [index, relation] of claim.relatesTo.entries()) {
      const pointer = `/relatesTo/${index}/claim`;
      if (relation.claim === claim.id) report(pointer, 'is this claim itself');
      else checkNamed(draft, report, 'claims', relation.claim, pointer);
    }
  }
  if (touches('citations')) checkCitations(draft, report, claim.citations, '/citations');
};
