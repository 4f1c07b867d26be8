import { recordData } from '../shapes.ts';
import { holdsTexts } from '../text.ts';
import type { Report } from './draft.ts';

const textsAmong = (shape: object): string[] =>
  Object.entries(shape)
    .filter(([, schema]) => holdsTexts(schema))
    .map(([field]) => field);
/** The fields of things that can be corrected which hold texts: the name of a field says which, whatever the thing. */
const textFields: ReadonlySet<string> = new Set(
  [
    recordData.report_incident,
    recordData.add_claim.shape.claim,
    recordData.dispute_claim.shape.dispute,
    recordData.open_proceeding.shape.proceeding,
    recordData.record_ruling.shape.ruling,
  ].flatMap(({ shape }) => textsAmong(shape)),
);

/** Whether the field has no text now. A text that was not asked for is undefined; null says that there is none. */
const isWithoutText = (field: string, held: unknown): boolean => {
  if (held === null) return true;
  if (field === 'value') return (held as { kind: string }).kind !== 'text';
  return field === 'occurred' && (held as { dateText?: string | null }).dateText === null;
};

/** Only texts can be concealed: each field that a concealing correction sets has to hold one. `held` is the thing as it stands before. */
export const checkConceal = (report: Report, { fields, conceal }: { fields: readonly string[]; conceal: boolean }, held: object) => {
  if (!conceal) return;
  for (const field of fields) {
    if (!textFields.has(field)) {
      report(`/set/${field}`, 'is no text, so there is nothing in it to conceal: correct it in a change of its own');
    } else if (isWithoutText(field, (held as Record<string, unknown>)[field])) {
      report(`/set/${field}`, 'holds no text now that could be concealed: correct it in a change of its own');
    }
  }
};
