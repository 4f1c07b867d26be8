import type { DomainEvent } from '@averment/domain';
import { type EventLog, isUndecodable, type Logged } from '@averment/event-log';
import { shared } from '@averment/platform';
import { changesPast } from '../projections/concealed.ts';
import type { Reading } from './index.ts';
import type { Then } from './then.ts';

/** Whether an event may change answers about earlier moments. For one that cannot be read nobody knows. */
const mayChangePast = (event: Logged<DomainEvent>): boolean => isUndecodable(event) || changesPast(event);

const inPage = 200;
/** Beyond this many pages nothing is looked at: the past is taken for changed. */
const mostPages = 5;

/** Since when answers about the past are the same: the position of the last event in the log that may have changed what is told of it. */
type EraOf = () => Promise<bigint>;

/** Makes a function that looks at each event once, without its texts. */
export const createEras = (log: Pick<EventLog<DomainEvent>, 'readAll' | 'head'>): EraOf => {
  let known: { looked: bigint; era: bigint } | undefined;

  const beginAtHead = async (): Promise<bigint> => {
    const head = await log.head();
    known = { looked: head, era: head };
    return head;
  };

  const look = async (): Promise<bigint> => {
    if (known === undefined) return beginAtHead();
    for (let page = 0; page < mostPages; page += 1) {
      const events = await log.readAll(known.looked, inPage, { texts: false });
      const last = events.at(-1);
      if (last === undefined) return known.era;
      known = { looked: last.position, era: events.findLast(mayChangePast)?.position ?? known.era };
    }
    return beginAtHead();
  };

  return shared(look, { parallel: 1 });
};

/** The name of an era: what is told of the past is the same as long as the name is. Null for what must not be kept. */
export type KeyOf = (then: Then, ...what: readonly (string | number | bigint)[]) => Promise<string | null>;

/** Makes the function that names the era. */
export const createKeys = ({ log, pool, schemas: { record } }: Pick<Reading, 'log' | 'pool' | 'schemas'>): KeyOf => {
  const eraOf = createEras(log);
  /** Where a private person last came to be named in an incident that had a past: the model alone knows who is private. */
  const newlyNamed = shared(
    async (): Promise<string> => {
      const { rows } = await pool.query<{ position: string }>({
        name: `newly named ${record}`,
        text: `SELECT position::text FROM ${record}.newly_named`,
      });
      return rows[0]?.position ?? '';
    },
    { parallel: 1 },
  );
  return async ({ noteFreshness }, ...what) => {
    // A parked stream enters the past some day, and no event tells of it.
    if (noteFreshness.parked.size > 0) return null;
    const [era, named] = await Promise.all([eraOf(), newlyNamed()]);
    // The model does not know yet what changed.
    return era > noteFreshness.position ? null : JSON.stringify([era, named, ...what].map(String));
  };
};
