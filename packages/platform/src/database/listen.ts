import pg from 'pg';

export type Listening = {
  /** Stops for good. */
  close(): Promise<void>;
};

/**
 * Listens on a channel, on a connection of its own with the pool's options, which is made again `reconnectAfter` milliseconds after it broke or could not be
 * had, for as long as it takes. Called are: `onBegin` each time that listening has begun, for what was sent before has to be asked for; `onHint` with what is
 * sent; `onLost` when nothing is heard any more until the next `onBegin`. None of them may throw; after `close` none is called.
 */
export const listen = (
  pool: Pick<pg.Pool, 'options'>,
  channel: string,
  { onBegin, onHint, onLost = () => undefined }: { onBegin: () => void; onHint: (payload: string) => void; onLost?: (why: Error) => void },
  { reconnectAfter = 250 }: { reconnectAfter?: number } = {},
): Listening => {
  let client: pg.Client | undefined;
  let again: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client(pool.options);
    client = fresh;
    fresh.on('notification', ({ payload = '' }) => {
      if (client === fresh) onHint(payload);
    });
    fresh.on('error', (error) => lose(fresh, error));
    fresh.on('end', () => lose(fresh, new Error('the connection was ended')));
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${channel}`);
    } catch (error) {
      return lose(fresh, error as Error);
    }
    if (client === fresh) onBegin();
  };

  const lose = (lost: pg.Client, why: Error): void => {
    if (client !== lost) return;
    client = undefined;
    lost.end().catch(() => undefined);
    again = setTimeout(() => void connect(), reconnectAfter).unref();
    onLost(why);
  };

  void connect();
  return {
    close: async () => {
      const last = client;
      client = undefined;
      clearTimeout(again);
      await last?.end().catch(() => undefined);
    },
  };
};
