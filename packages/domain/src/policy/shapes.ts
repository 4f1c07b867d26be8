import { z } from 'zod';
import { reasonText, typeId } from '../values/shapes.ts';
import { policyRules } from './rules.ts';

const proposal = typeId('policy');
const version = z.int().min(1);

export const policyEvents = {
  /** A version that was code, written down with the first thing that is done with the policy; `since`: the day on which the code came to have it. */
  PolicyNoted: z.strictObject({ version, since: z.iso.date(), rules: policyRules }),
  /** `base`: the version in force that its author had before them. */
  PolicyProposed: z.strictObject({ proposal, base: version, rules: policyRules, reason: reasonText }),
  /** The proposal's rules are in force from here on. */
  PolicyAdopted: z.strictObject({ proposal, version }),
  PolicyRejected: z.strictObject({ proposal, reason: reasonText }),
};
