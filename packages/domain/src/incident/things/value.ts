import { z } from 'zod';
import { text, typeId } from '../../values/shapes.ts';
import { listed, suggested } from '../../values/suggested.ts';
import { longText, markText } from '../../values/text.ts';
import { timeValue } from '../../values/time.ts';
import { type AspectDefinition, unitName, type ValueKind, type Vocabulary, valuesWithoutContent } from '../../values/vocabulary.ts';
import { comparators, said, type ValueDocument } from '../../views/documents/value.ts';
import { checkParty, type Draft, type Report } from '../draft.ts';
import { asSent, asStored, type Form } from './form.ts';

/** The value of a claim: what it says of the aspect. */

/** A decimal number as a string: up to 15 digits before and 6 after the point, no exponent. */
const aDecimal = 'must be a decimal number in a string, like "1300"';
const decimal = z.string(aDecimal).regex(/^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,6})?$/, aDecimal);

const ofKinds = 'must be an object with a kind: boolean, term, text, time, party, incident, quantity, unknown, none, withheld or sealed';
const aTerm = 'must be a term of the aspect, in lower case with _ between words; `/v1/vocabulary` lists them';
/** Of a kind that needs no value: whoever sends one too is told. */
const alone = {
  error: ({ code }: { code: string }) =>
    code === 'unrecognized_keys' ? 'must be left out: the kind alone says it, as in {"kind": "none"}' : undefined,
};

const kindOf = <K extends ValueKind>(kind: K) => z.literal(kind).describe(said.kind);

const valueIn = (idOf: Form<z.ZodType>['idOf']) =>
  z.discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: kindOf('boolean'), value: z.boolean().describe(said.boolean) }).describe(said.ofKind.boolean),
      z
        .strictObject({
          kind: kindOf('term'),
          value: z.string(aTerm).max(1000, aTerm).meta({ pattern: '^[a-z][a-z0-9_]{0,63}$', maxLength: 64 }).describe(said.term),
        })
        .describe(said.ofKind.term),
      z
        .strictObject({
          kind: kindOf('text'),
          value: text(1000).describe(said.text),
          alternatives: markText(z.array(longText(1000)).max(20))
            .default([])
            .describe(said.alternatives),
        })
        .describe(said.ofKind.text),
      z
        .strictObject({ kind: kindOf('time'), value: timeValue, approximate: z.boolean().default(false).describe(said.approximate) })
        .describe(said.ofKind.time),
      z.strictObject({ kind: kindOf('party'), value: idOf('party').describe(said.party) }).describe(said.ofKind.party),
      z.strictObject({ kind: kindOf('incident'), value: typeId('incident').describe(said.incident) }).describe(said.ofKind.incident),
      z
        .strictObject({
          kind: kindOf('quantity'),
          value: decimal.describe(said.quantity),
          unit: unitName.describe(said.unit),
          comparator: z.enum(comparators).describe(said.comparator),
          upper: decimal.nullable().default(null).describe(said.upper),
        })
        .describe(said.ofKind.quantity),
      z.strictObject({ kind: z.enum(valuesWithoutContent).describe(said.kind) }, alone).describe(said.empty),
    ],
    ofKinds,
  );
export const sentValue = valueIn(asSent.idOf);
export const storedValue = valueIn(asStored.idOf);
export type ClaimValue = z.output<typeof storedValue>;

/** The other incident that a value names. */
export const incidentOf = (value: ClaimValue | undefined): string[] => (value?.kind === 'incident' ? [value.value] : []);

/** A decimal string in millionths. */
const millionths = (decimal: string): bigint => {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const size = BigInt(whole + fraction.padEnd(6, '0'));
  return decimal.startsWith('-') ? -size : size;
};

/** A value of this kind for the aspect, as it is sent. */
const formOf = (kind: ValueKind, { terms, units }: AspectDefinition): string => {
  const sample = {
    boolean: true,
    term: terms[0],
    text: '…',
    time: '2026-01-14T18:50',
    party: 'party_…',
    incident: 'incident_…',
    quantity: '2',
  }[kind];
  return JSON.stringify({ kind, value: sample, ...(kind === 'quantity' && { unit: units?.[0] ?? 'count', comparator: 'exact' }) });
};

const checkQuantity = (
  report: Report,
  value: Extract<ClaimValue, { kind: 'quantity' }>,
  aspect: AspectDefinition,
  vocabulary: Vocabulary,
) => {
  const units = aspect.units ?? [...vocabulary.units.keys()];
  if (!units.includes(value.unit)) {
    report('/value/unit', `${aspect.name} is counted in ${units.join(', ')}${suggested(value.unit, units)}`);
  }
  if (value.comparator !== 'range') {
    if (value.upper !== null) report('/value/upper', 'goes only with the comparator range');
  } else if (value.upper === null) report('/value/upper', 'is needed with the comparator range');
  else if (millionths(value.upper) < millionths(value.value)) report('/value/upper', 'must not be below the value');
};

const isWithoutContent = (word: string): boolean => (valuesWithoutContent as readonly string[]).includes(word);

/** A word as terms are spelt: "Hand gun" is hand_gun. */
const asTerm = (word: string): string =>
  word
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');

/** How that there was none is said of the aspect. */
const noneOf = ({ kinds }: AspectDefinition): string =>
  kinds.includes('boolean') ? 'where it was not so {"kind": "boolean", "value": false}' : 'where there was none {"kind": "none"}';

/** Whether it told what to send in place of a term that the aspect does not have. Of one without terms the kind is wrong. */
const tellsTerm = (report: Report, term: string, aspect: AspectDefinition): boolean => {
  const { name, terms } = aspect;
  const kind = asTerm(term);
  if (terms.includes(term) || (terms.length === 0 && !isWithoutContent(kind))) return false;
  if (isWithoutContent(kind) && !terms.includes(kind)) report('/value', `${kind} is a kind of value and no term: send {"kind": "${kind}"}`);
  else report('/value/value', `is no term of ${name}${listed(kind, terms)}; ${noneOf(aspect)}`);
  return true;
};

/** What the aspect takes in place of a value of another kind. */
const checkKind = (report: Report, { kind }: ClaimValue, aspect: AspectDefinition) => {
  if ((aspect.kinds as readonly string[]).includes(kind)) return;
  const forms = aspect.kinds.map((one) => formOf(one, aspect)).join(' or ');
  report('/value/kind', `${aspect.name} takes a value of kind ${aspect.kinds.join(' or ')}: send ${forms}; ${noneOf(aspect)}`);
};

export const checkValue = (draft: Draft, report: Report, value: ClaimValue, aspect: AspectDefinition) => {
  const { vocabulary, incidents } = draft.facts;
  switch (value.kind) {
    case 'unknown':
    case 'none':
    case 'withheld':
    case 'sealed':
      return;
    case 'term':
      if (tellsTerm(report, value.value, aspect)) return;
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
  checkKind(report, value, aspect);
};

/** An erased text is null. */
export const valueDocument = (value: ClaimValue): ValueDocument =>
  value.kind === 'text' ? { kind: 'text', value: value.value ?? null, alternatives: value.alternatives ?? null } : value;
