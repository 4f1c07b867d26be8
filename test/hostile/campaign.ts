import fc from 'fast-check';
import type { Route } from './contract.ts';
import { type Aim, type Attack, attackOn } from './generate.ts';
import { type Json, json } from './json.ts';
import { rightEdit } from './right.ts';
import { bytesOf, createWire, NoAnswer, type Reply } from './wire.ts';
import { askToErase, newStock, type Reviewed, reviewed, type Stock, type World } from './world.ts';

type Finding = { number: number; operation: string; role: string; request: string; fault: string };
/** `reached` counts the requests that came as far as the route's own code. */
export type Tally = { requests: number; reached: number; byStatus: Record<string, number>; findings: number };
export type Table = {
  seed: number;
  total: Tally;
  byOperation: Map<string, Tally>;
  /** By what is asked of which part of the contract: `Incidents, write`. */
  byClass: Map<string, Tally>;
  byPart: Map<string, Tally>;
  findings: Finding[];
  slowest: { milliseconds: number; request: string };
};

const lanes = 16;
const batch = 20;
/** Of documents, each of which is read in a process of its own. */
const fewer = 6;
/** Requests after which a new record is attacked: in the old one everything is decided, retracted or merged by then. */
const lasting = 2000;
const emptyTally = (): Tally => ({ requests: 0, reached: 0, byStatus: {}, findings: 0 });

/** Enough of a request to see what it was; its key is left out. */
const shown = ({ request }: Attack): string =>
  bytesOf(request)
    .toString('latin1')
    .replaceAll(/Bearer avk_\S+/g, 'Bearer …')
    .replaceAll(/[^\x20-\x7e]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .slice(0, 1500);

/** Cursors as the lists themselves write them, to be used on other lists and by other roles. */
const cursorsOf = async (world: World, stock: Stock): Promise<string[]> => {
  const auditor = world.as('auditor');
  const paths = [
    '/v1/sources',
    '/v1/parties',
    '/v1/claims',
    '/v1/incidents',
    '/v1/reviews',
    '/v1/erasures',
    '/v1/takedowns',
    '/v1/candidates',
    `/v1/incidents/${stock.incident}/events`,
  ];
  const answers = await Promise.all(paths.map((path) => auditor.get(`${path}?limit=1`)));
  return answers.flatMap(({ body }) => (typeof body.next === 'string' ? [body.next] : []));
};

/** How many edits of each wait to be attacked. */
const waiting: Record<Reviewed, number> = { incidents: 6, sources: 4, parties: 4 };

/** The ETags of the edits that are still open, and of new ones in place of those that are not; and the version or revision that new ones are based on. */
const openEdits = async (world: World, stock: Stock, what: Reviewed): Promise<{ etags: Record<number, string>; base: number }> => {
  const [auditor, many] = [world.as('auditor'), waiting[what]];
  const path = `/v1/${what}/${{ incidents: stock.incident, sources: stock.source, parties: stock.party }[what]}`;
  const { items } = (await auditor.get(`${path}/edits?limit=500`)).body as { items: { edit: number; state: string; etag: string }[] };
  const open = items.filter(({ state }) => state === 'submitted' || state === 'changes_requested').slice(-many);
  const { revision, version } = (await auditor.get(path)).body;
  const base = Number(what === 'incidents' ? revision : version);
  for (let missing = many - open.length; missing > 0; missing -= 1) {
    const { status, body } = await world.as('contributor').send('POST', `${path}/edits`, rightEdit(stock, what, base));
    // A record that is merged, retracted or withdrawn by now takes no further edits.
    if (status !== 201) break;
    open.push(body as { edit: number; state: string; etag: string });
  }
  return { etags: Object.fromEntries(open.map(({ edit, etag }) => [edit, etag])), base };
};

/** The same aim, with what a route needs as it is by now: open edits and the version that new ones are based on, or a request to erase that can be decided. */
const aimedAt = async (world: World, { path }: Route, aim: Aim): Promise<Aim> => {
  const [, , kind = ''] = path.split('/');
  const { stock } = aim;
  if (path.startsWith('/v1/erasures/{id}')) {
    const { state } = (await world.as('auditor').get(`/v1/erasures/${stock.erasure}`)).body;
    const erasure = state === 'open' ? null : await askToErase(world.as, stock.person);
    return erasure === null ? aim : { ...aim, stock: { ...stock, erasure } };
  }
  const what = reviewed.find((each) => each === kind);
  if (what === undefined || !path.includes('/edits')) return aim;
  const { etags, base } = await openEdits(world, stock, what);
  return {
    ...aim,
    stock: { ...stock, versions: { ...stock.versions, [what]: base } },
    // Those that are decided by now can be asked for all the same.
    etags: { ...aim.etags, ...(Object.keys(etags).length > 0 && { [what]: etags }) },
  };
};

/** That many hostile requests, spread evenly over the operations of the contract. The same seed makes the same ones, up to the ids and tags of the record. */
const attacks = async function* (world: World, requests: number, seed: number): AsyncGenerator<Attack, void> {
  const { routes } = world.contract;
  let aim: Aim | undefined;
  let since = 0;
  for (let [turn, made] = [0, 0]; made < requests; turn += 1) {
    const route = routes[turn % routes.length] as Route;
    const numRuns = Math.min(route.operation.operationId === 'importSource' ? fewer : batch, requests - made);
    if (aim === undefined || made - since >= lasting) {
      since = made;
      const stock = await newStock(world);
      const etags = { incidents: (await openEdits(world, stock, 'incidents')).etags, sources: {}, parties: {} };
      aim = { stock, etags, cursors: await cursorsOf(world, stock) };
    }
    aim = await aimedAt(world, route, aim);
    yield* fc.sample(attackOn(world, route, aim), { numRuns, seed: seed + turn });
    made += numRuns;
  }
};

/** Problems that are answered before the route's own code is asked. */
const early = new Set(
  ['malformed-request', 'malformed-json', 'unacceptable-json', 'invalid-parameter', 'invalid-body', 'unauthenticated', 'forbidden']
    .concat(['method-not-allowed', 'request-timeout', 'body-too-large', 'unsupported-media-type', 'headers-too-large', 'overloaded'])
    .map((name) => `/problems/${name}`),
);
/** Whether the route's own code was asked, as far as the answer tells: a parameter that it refuses itself counts as not. */
const hasReached = ({ status, body }: Reply): boolean => {
  if (status < 400) return true;
  const { type, detail } = (json(body) ?? {}) as Json;
  if (status === 404) return !/^There is (?:nothing of that id|no such path)\.$/.test(String(detail));
  return type !== undefined && !early.has(String(type));
};

/** Holds every answer to that many hostile requests against the contract. */
export const campaign = async (
  world: World,
  { requests, seed, onDone }: { requests: number; seed: number; onDone?: (done: number) => void },
): Promise<Table> => {
  const table: Table = {
    seed,
    total: emptyTally(),
    byOperation: new Map(),
    byClass: new Map(),
    byPart: new Map(),
    findings: [],
    slowest: { milliseconds: 0, request: '' },
  };
  const wire = createWire(world.server.url);
  const tallyOf = (tallies: Map<string, Tally>, name: string): Tally => {
    const tally = tallies.get(name) ?? emptyTally();
    tallies.set(name, tally);
    return tally;
  };

  const note = (attack: Attack, reply: Reply | undefined, faults: string[], milliseconds: number) => {
    const { route, role, spoiled } = attack;
    const { operationId: operation, tags } = route.operation;
    if (milliseconds > table.slowest.milliseconds) table.slowest = { milliseconds, request: shown(attack) };
    const number = table.total.requests;
    for (const fault of faults) table.findings.push({ number, operation, role, request: shown(attack), fault });
    const status = String(reply?.status ?? 'none');
    const reached = reply !== undefined && hasReached(reply);
    for (const tally of [
      table.total,
      tallyOf(table.byOperation, operation),
      tallyOf(table.byClass, `${tags.join(', ')}, ${route.method === 'GET' ? 'read' : 'write'}`),
      ...(spoiled.length === 0 ? ['nothing'] : spoiled).map((part) => tallyOf(table.byPart, part)),
    ]) {
      tally.requests += 1;
      tally.reached += reached ? 1 : 0;
      tally.byStatus[status] = (tally.byStatus[status] ?? 0) + 1;
      tally.findings += faults.length;
    }
    onDone?.(table.total.requests);
  };
  const fire = async (attack: Attack) => {
    const begun = performance.now();
    const { method, target } = attack.request;
    let reply: Reply | undefined;
    let faults: string[];
    try {
      reply = await wire.send(attack.request, attack.alone);
      faults = world.contract.faultsOf(method, target, reply);
    } catch (error) {
      faults = [error instanceof NoAnswer ? `gets no answer: ${error.message}` : `gets no HTTP: ${error}`];
    }
    note(attack, reply, faults, performance.now() - begun);
  };

  const stream = attacks(world, requests, seed);
  const lane = async () => {
    for await (const attack of stream) await fire(attack);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  wire.close();
  return table;
};
