import { z } from 'zod';
import { line } from '../values/shapes.ts';

/** Whose hands a key is in: a person's, or a program's that acts by itself. */
export const keyKinds = ['person', 'machine'] as const;
export type KeyKind = (typeof keyKinds)[number];
/** What a key may be for. */
export const keyRoles = ['contributor', 'reviewer', 'auditor', 'app', 'admin'] as const;
export type KeyRole = (typeof keyRoles)[number];

/**
 * Whether another admin has to confirm a key before it works: `needed`; `off`, as the installation does not ask for that; `no_content`, as its role changes
 * nothing of the record; `first_admins`, as there is nobody yet who could.
 */
export const confirmations = ['needed', 'off', 'no_content', 'first_admins'] as const;
export type Confirmation = (typeof confirmations)[number];

export const keySubject = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'must be at most 63 lower case letters, digits, dots, underscores and hyphens, and start with a letter or a digit',
  );
/** What a key is called by those who look after keys: it may name a person, so it is a text. */
export const keyName = line(100);
const time = z.iso.datetime();
const made = { subject: keySubject, role: z.enum(keyRoles) };

/** Body of `POST /v1/keys`. */
export const sentKey = z.strictObject({
  subject: keySubject.describe('Whom it speaks for: a short name that says nothing about a person, for it stands in every event for ever'),
  role: z.enum(keyRoles).describe('What it may do. All keys of a subject have one role'),
  kind: z.enum(keyKinds).default('person').describe('Whose hands it is in: a person’s, or a program’s that acts by itself'),
  name: keyName.nullable().default(null).describe('What it is called among those who look after keys'),
  expiresAt: time.nullable().default(null).describe('Until when it is valid, in UTC; null for ever'),
});

/** Neither a key nor its hash stands in an event. */
export const keyEvents = {
  KeyCreated: z.strictObject({
    ...made,
    kind: z.enum(keyKinds),
    name: keyName.nullable(),
    expiresAt: time.nullable(),
    confirmation: z.enum(confirmations),
  }),
  /** A key that was made before what is done with keys was written down, or with the installation. */
  KeyNoted: z.strictObject({ ...made, createdAt: time }),
  KeyRotated: z.strictObject({ confirmation: z.enum(confirmations) }),
  KeyConfirmed: z.strictObject({}),
  KeyRevoked: z.strictObject({}),
};
