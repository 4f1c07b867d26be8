/** What a subject may be. A subject has one role, and any number of keys. */
export const roles = ['contributor', 'reviewer', 'auditor', 'app', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who a valid key speaks for. */
export type Principal = { subject: string; role: Role; keyId: string };

/** A request about keys that cannot be met; the message is for the person who made it. */
export class AccessError extends Error {
  override name = 'AccessError';
}

export function isRole(value: string): value is Role {
  return (roles as readonly string[]).includes(value);
}
