import { z } from 'zod';
import { readReason } from '../../register/correction.ts';
import { both, usual } from '../../register/kind.ts';
import { reasonText } from '../../values/shapes.ts';
import { edtfDate } from '../../values/time.ts';
import { text } from '../../views/documents/parts.ts';
import { isPerson } from '../checks.ts';
import { firstDay } from '../names.ts';
import { partyFields } from '../shapes.ts';
import { partyChange } from './kind.ts';

const name = partyFields.name.describe('What it is called in that time');
const from = edtfDate.nullable().describe('Since when, with the first day that it can mean; null: since ever');
const until = edtfDate.nullable().describe('Until when, without that day; null: it is its name from then on');
const stored = z.strictObject({ name, from, until, reason: reasonText.describe('How one knows') });

/** A body has, or had, another name for a time. */
export const renameParty = partyChange({
  ...usual,
  kind: 'rename_party',
  does: 'it gives the party another name',
  event: 'PartyRenamed',
  sent: z
    .strictObject({ ...stored.shape, from: from.default(null), until: until.default(null) })
    .describe(
      'A body has another name since a day, or had one for a time: what it said then it says under the name of then. Without `until` it is its name from then on, and the one that it had is its name until then. A name that was never right is corrected',
    ),
  read: z.object({ name: text.describe('What it is called in that time; null once it was erased'), from, until, reason: readReason }),
  stored,
  applied: stored,
  resolve: (change) => change,
  check: ({ fields, formerNames }, report, { name, from, until }) => {
    if (fields === null) return;
    if (isPerson(fields.kind)) {
      report('/name', 'is that of a person or role, who is called as they are now: correct the name');
      return;
    }
    if (from !== null && until !== null && firstDay(from) >= firstDay(until)) report('/until', 'must be later than `from`');
    if (until !== null) return;
    if (from === null)
      report('/from', 'must say since when, where the name is to be the one from now on; one that was never right is corrected');
    else if (formerNames.some((former) => former.until !== null && firstDay(former.until) > firstDay(from)))
      report('/from', 'is before a day until which it is said to have had another name');
    if (name !== undefined && name === fields.name) report('/name', 'is its name already');
  },
  keys: () => both('field:name'),
  data: ({ kind: _, ...change }) => change,
  document: ({ kind, name, from, until, reason }) => ({ kind, name: name ?? null, from, until, reason: reason ?? null }),
});
