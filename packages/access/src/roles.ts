/** What a subject may be. A subject has one role, and any number of keys. */
export const roles = ['contributor', 'reviewer', 'auditor', 'app', 'admin'] as const;
export type Role = (typeof roles)[number];
/** A key's role, or `none` for who asks without a key. */
export type RoleOrNone = Role | 'none';

/** Who may use a route: one of these groups. */
export const writers = ['contributor', 'reviewer'] as const satisfies readonly Role[];
/** Who may ask for an erasure. */
export const erasers = [...writers, 'admin'] as const satisfies readonly Role[];
/** Who decides on one. */
export const eraseDeciders: readonly RoleOrNone[] = ['reviewer', 'admin'];
export const eraseReaders: readonly RoleOrNone[] = [...erasers, 'auditor'];
/** Who may be recused, or say so of another; and who reads that. */
export const recusers: readonly RoleOrNone[] = erasers;
export const recusalReaders: readonly RoleOrNone[] = eraseReaders;
/** Who reads the rules of the review: who works by them. */
export const policyReaders: readonly RoleOrNone[] = eraseReaders;
/** Whose commands are written to the log. */
export type Writer = (typeof erasers)[number];
export const reviewers: readonly RoleOrNone[] = ['reviewer'];
export const overseers: readonly RoleOrNone[] = ['reviewer', 'auditor'];
export const insiders: readonly RoleOrNone[] = ['contributor', ...overseers];
/** Who has webhooks: programs that follow the record. */
export const apps: readonly RoleOrNone[] = ['app'];
export const followers: readonly RoleOrNone[] = ['app', ...insiders];
export const operators: readonly RoleOrNone[] = ['admin'];
export const everybody: readonly RoleOrNone[] = ['none', ...followers, ...operators];

/** Whose hands a key is in: a person's, or a program's that acts by itself. */
export type KeyKind = 'person' | 'machine';
/** Who a valid key speaks for, or a valid token, which has no id (`keyId`); `expiresAt` is of either. */
export type Principal = { subject: string; role: Role; kind: KeyKind; keyId: string | null; expiresAt: Date | null };
/** Who asks; null for nobody in particular, without a key. */
export type Viewer = Pick<Principal, 'subject' | 'role'> | null;

/** What a role may do, in words: each stands for the routes that list the group. */
const scopes = {
  read: everybody,
  feed: followers,
  webhooks: apps,
  submit: writers,
  review: reviewers,
  oversee: overseers,
  ask_erasure: erasers,
  decide_erasure: eraseDeciders,
  operate: operators,
} as const satisfies Record<string, readonly RoleOrNone[]>;
export type Scope = keyof typeof scopes;
export const scopesOf = (role: Role): Scope[] =>
  (Object.keys(scopes) as Scope[]).filter((scope) => (scopes[scope] as readonly RoleOrNone[]).includes(role));
/** Whoever has a key. */
export const keyHolders: readonly RoleOrNone[] = roles;

/** Whether who asks has one of these roles. */
export const isOneOf = (listed: readonly RoleOrNone[], viewer: Viewer): boolean => listed.includes(viewer?.role ?? 'none');
export const isWriter = (role: Role): role is Writer => erasers.some((writer) => writer === role);
