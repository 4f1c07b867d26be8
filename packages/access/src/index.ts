import { fileURLToPath } from 'node:url';
import type { Migrations } from '@averment/platform';

export { type Authenticate, createAuthenticator } from './authenticate.ts';
export { type FirstKeyStep, firstKeys, firstSubjects } from './first-keys.ts';
export * from './keys.ts';
export * from './reads.ts';
export {
  apps,
  eraseDeciders,
  eraseReaders,
  erasers,
  everybody,
  followers,
  insiders,
  isOneOf,
  isWriter,
  type KeyKind,
  keyHolders,
  operators,
  overseers,
  type Principal,
  policyReaders,
  type Role,
  type RoleOrNone,
  recusalReaders,
  recusers,
  reviewers,
  roles,
  type Scope,
  scopesOf,
  type Viewer,
  type Writer,
  writers,
} from './roles.ts';
export { hashOf, newSecret } from './secret.ts';
export * from './server-key.ts';
export * from './tokens.ts';
export * from './visibility.ts';

/** The tables of this package. */
export const migrations: Migrations = {
  schema: 'access',
  dir: fileURLToPath(new URL('../migrations', import.meta.url)),
  api: {
    tables: {
      subjects: ['SELECT', 'INSERT', 'UPDATE'],
      keys: ['SELECT', 'INSERT', 'UPDATE'],
      uses: ['SELECT', 'INSERT', 'UPDATE'],
      users: ['SELECT', 'INSERT'],
      reads: ['INSERT'],
      server_key: ['SELECT', 'INSERT'],
    },
  },
};
