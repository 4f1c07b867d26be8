import { z } from 'zod';
import { readReason } from '../../register/correction.ts';
import { usual } from '../../register/kind.ts';
import { reasonText } from '../../values/shapes.ts';
import { text } from '../../views/documents/parts.ts';
import { isPerson, needsRole } from '../checks.ts';
import { partyFields } from '../shapes.ts';
import { partyChange } from './kind.ts';

const reason = reasonText.describe('Why');
const { publicRole } = partyFields;
const shape = z
  .strictObject({ private: partyFields.private, publicRole: publicRole.default(null), reason })
  .describe(
    'Whether the name of a person is kept from the public. To make somebody public takes a `publicRole` and two approvals; to make somebody private, or to confirm that, takes one',
  );
const stored = z.strictObject({ private: partyFields.private, publicRole, reason });

/** The name of a person is kept from the public, or no longer is. Who was registered as private is confirmed to be. */
export const setPrivacy = partyChange({
  ...usual,
  kind: 'set_privacy',
  event: 'PartyPrivacySet',
  sent: shape,
  read: z.object({ private: partyFields.private, publicRole: text.describe('Why a person may be named'), reason: readReason }),
  stored,
  applied: stored,
  resolve: (change) => change,
  check: ({ fields, privacyConfirmed }, report, change) => {
    if (fields === null) return;
    if (!isPerson(fields.kind)) report('/private', 'is said of persons and described roles alone: others are not private');
    else if (change.private && change.publicRole !== null) report('/publicRole', 'must be null: only who is public has one');
    else if (change.private && privacyConfirmed) report('/private', 'is true already, and confirmed', 'AggregateState');
    else if (!change.private && fields.minor)
      report('/private', 'must be true: this person is a minor; where that is wrong, correct it first');
    else if (!change.private && change.publicRole === null) report('/publicRole', needsRole);
  },
  keys: () => ({ reads: ['privacy', 'field:minor'], writes: ['privacy'] }),
  data: ({ kind: _, ...change }) => change,
  does: 'it says whether somebody is private',
  causes: (change) => (change.private ? [] : ['holds.publicPerson']),
  isUrgent: (change) => change.private,
  document: (change) => ({
    kind: change.kind,
    private: change.private,
    publicRole: change.publicRole ?? null,
    reason: change.reason ?? null,
  }),
});
