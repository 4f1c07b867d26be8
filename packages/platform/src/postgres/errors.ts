/** The embedded PostgreSQL cannot be used; the message says why and what to do. */
export class EmbeddedError extends Error {
  override name = 'EmbeddedError';
}

/** Another process has this data directory; `holder` is what it says of itself. */
export class AlreadyRunning extends EmbeddedError {
  override name = 'AlreadyRunning';
  readonly holder: { name: string; pid: number | null; url: string | null; since: Date };

  constructor(dataDir: string, holder: { name: string; pid: number | null; url: string | null; since: Date }) {
    const who = holder.pid === null ? holder.name : `${holder.name}, process ${holder.pid}`;
    super(
      `${dataDir} is in use by ${who}, ${holder.url === null ? '' : `at ${holder.url}, `}since ${holder.since.toISOString()}${holder.name === 'averment' ? '; npm stop ends it' : ''}`,
    );
    this.holder = holder;
  }
}
