import { z } from 'zod';
import { checkCitations } from '../../incident/draft.ts';
import { correctionDocument, correctionOf, fieldAfter } from '../../register/correction.ts';
import { both, usual } from '../../register/kind.ts';
import { sourceFields } from '../shapes.ts';
import type { SourceFields } from '../state.ts';
import { sourceChange } from './kind.ts';

const { sent, read, stored } = correctionOf(sourceFields);
const data = z.strictObject(stored);

/** Fields that only a translation has. */
const ofTranslations = ['translatedFrom', 'originalUrl', 'translationOf'] as const;
/** The first of them that is given where nobody says who translated it. */
export const translatedBy = (fields: Pick<SourceFields, 'translation' | (typeof ofTranslations)[number]>): string | undefined =>
  fields.translation === null ? ofTranslations.find((field) => fields[field] !== null) : undefined;

/** What is said of a source, beside its text, is corrected. */
export const correctSource = sourceChange({
  ...usual,
  kind: 'correct_source',
  does: 'it corrects the source',
  event: 'SourceCorrected',
  sent: z.strictObject(sent).describe('What is said of the source, beside its text, is corrected'),
  read: z.object(read),
  stored: data,
  applied: data,
  resolve: (change, at) => ({
    ...change,
    fields: Object.keys(change.set) as (keyof typeof sourceFields)[],
    citations: at.citations(change.citations, '/citations'),
  }),
  check: ({ id, fields: held }, report, change, facts) => {
    checkCitations({ facts }, report, change.citations, '/citations');
    const after = (field: keyof SourceFields) => fieldAfter(change, held ?? {}, field) as never;
    const [translation, translatedFrom, originalUrl, translationOf] = (['translation', ...ofTranslations] as const).map(after);
    const field = translatedBy({ translation, translatedFrom, originalUrl, translationOf } as never);
    if (field !== undefined) report('/set/translation', `must be human or machine where ${field} is given`);
    const { translationOf: original = null } = change.set;
    if (original === id) report('/set/translationOf', 'must be another source');
    else if (original !== null && !facts.sources(original)) report('/set/translationOf', `there is no source ${original}`);
  },
  keys: ({ fields }) => both(...fields.map((field) => `field:${field}`)),
  data: ({ kind: _, ...correction }) => correction,
  asks: ({ set }) => ({ parties: [], sources: set.translationOf ? [set.translationOf] : [] }),
  document: correctionDocument,
});
