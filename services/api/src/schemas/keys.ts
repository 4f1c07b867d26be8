import type { KeyActed, KeyItem, KeyMade } from '@averment/commands';
import { answer, sentKey as sentKeyShape } from '@averment/domain';
import { z } from 'zod';
import { answeredAs, sentAs } from './registry.ts';

export const sentKey = sentAs('SentKey', sentKeyShape, 'What a key is made for');

const { idOf, instant, known, oneOf, position, subject } = answer;
const id = idOf('key').describe('The key, in paths. It is not the key itself');
const state = oneOf<KeyItem['state']>().describe('`active`, `waiting` for the confirmation of another admin, `expired` or `revoked`');
const nullable = (what: string, shape: z.ZodType = instant) => known<string | null>(shape.nullable()).describe(what);
const when = (what: string) => nullable(`When it was ${what}, and null where it was not, or where that is not known`);
const by = (what: string) => nullable(`Who ${what} it; null for nobody, or where that was not written down`, subject);

export const keyMade = answeredAs(
  'KeyMade',
  z.object({
    id,
    key: z
      .string()
      .nullable()
      .describe(
        'The key, to be sent as `Authorization: Bearer`. This answer alone has it: it is null where the same request is answered again',
      ),
    state,
    position,
  } satisfies answer.EachOf<KeyMade>),
  'A key that was made',
);
export const keyActed = answeredAs('KeyActed', z.object({ id, state, position } satisfies answer.EachOf<KeyActed>), 'What was done counts');
export const keyItem = answeredAs(
  'Key',
  z.object({
    id,
    subject: z.string().describe('Whom it speaks for'),
    role: oneOf<KeyItem['role']>().describe('What it may do'),
    kind: oneOf<KeyItem['kind']>().describe('Whose hands it is in: a `person`’s, or those of a `machine`, a program that acts by itself'),
    name: z.string().nullable().describe('What it is called; null for nothing, or once that was erased'),
    state,
    confirmation: known<KeyItem['confirmation']>(z.string().nullable()).describe(
      'Whether another admin has to confirm it, or had to: `needed`; `off`, as the installation does not ask for that; `no_content`, as its role changes nothing of the record; `first_admins`, as nobody could; null for a key of before that was written down',
    ),
    createdAt: instant.describe('When it was made'),
    createdBy: by('made'),
    rotatedAt: when('replaced by another one of this id'),
    rotatedBy: by('replaced'),
    confirmedAt: when('confirmed'),
    confirmedBy: by('confirmed'),
    expiresAt: nullable('Until when it is valid; null for ever'),
    lastUsedAt: nullable('When it was last used, to a minute; null for never, or not since that is noted'),
    revokedAt: when('revoked'),
    revokedBy: by('revoked'),
  } satisfies answer.EachOf<KeyItem>),
  'A key, without the key itself, which nobody has but its holder',
);
