import type { Viewer } from '@averment/access';
import { goneOf, type IncidentDocument } from '@averment/domain';
import type { ChangedItem, GoneItem } from '../src/index.ts';
import type { Models } from './models.ts';

const parsed = (body: string | null | undefined): IncidentDocument => JSON.parse(body ?? 'null');

/** A copy of the list, of the published incidents or of all, with their documents: kept by what the delta tells, and by nothing else. */
export const createCopy = ({ queries }: Pick<Models, 'queries'>, viewer: Viewer, all: boolean) => {
  const items = new Map<string, ChangedItem>();
  const documents = new Map<string, { etag: string; body: string | null }>();
  const gone = new Map<string, GoneItem>();
  const fetched: string[] = [];
  let [position, cursor] = [0n, null as string | null];

  const keep = async (item: ChangedItem): Promise<void> => {
    const { id, etag } = item;
    items.set(id, item);
    gone.delete(id);
    if (documents.get(id)?.etag === etag) return;
    fetched.push(id);
    const now = await queries.incident(id, viewer);
    if (now !== null) documents.set(id, now);
  };
  const drop = (one: GoneItem): void => {
    items.delete(one.id);
    documents.delete(one.id);
    gone.set(one.id, one);
  };

  /** Reads a page. Answers whether it was the last one. */
  const read = async (limit: number): Promise<boolean> => {
    const page = await queries.changedIncidents({ after: position, all }, { limit, cursor }, viewer);
    for (const item of page.items) await keep(item);
    for (const one of page.gone) drop(one);
    cursor = page.next;
    if (cursor === null) position = BigInt(page.position);
    return cursor === null;
  };
  /** Reads on to the end of the pages that were begun, and then all that came since. */
  const catchUp = async (limit = 2): Promise<void> => {
    for (let rounds = cursor === null ? 1 : 2; rounds > 0; ) if (await read(limit)) rounds -= 1;
  };

  const has = () => {
    const list = [...items.values()].map(({ changedAt, etag, ...item }) => item).sort((one, other) => (one.id < other.id ? -1 : 1));
    const bodies = Object.fromEntries([...documents].sort().map(([id, { body }]) => [id, body]));
    const why = Object.fromEntries([...gone].sort().map(([id, one]) => [id, one.gone]));
    return { list, bodies, why };
  };
  /** What it should have: what is served now. Of what it was never told to drop nothing is asked. */
  const served = async (): Promise<ReturnType<typeof has>> => {
    const list = [];
    const bodies: Record<string, string | null> = {};
    const why: Record<string, GoneItem['gone']> = {};
    const everything = await queries.incidents({}, { limit: 500, cursor: null }, viewer);
    for (const item of everything.items.sort((one, other) => (one.id < other.id ? -1 : 1))) {
      const body = (await queries.incident(item.id, viewer))?.body ?? null;
      const emptied = goneOf(parsed(body));
      const left = all || item.status === 'published' ? null : (item.status as 'merged' | 'retracted');
      const reason = emptied ?? left;
      if (reason !== null) why[item.id] = reason;
      else {
        list.push(item);
        bodies[item.id] = body;
      }
    }
    return { list, bodies, why };
  };
  return { items, documents, gone, fetched, position: () => position, read, catchUp, has, served };
};
export type Copy = ReturnType<typeof createCopy>;
