import fc from 'fast-check';
import { type Attack, attackOn } from './generate.ts';
import { bytesOf, createWire, NoAnswer, type Reply } from './wire.ts';
import type { World } from './world.ts';

export type Finding = { number: number; operation: string; role: string; request: string; fault: string };
export type Tally = { requests: number; byStatus: Record<string, number>; findings: Finding[] };
export type Table = {
  seed: number;
  total: number;
  byOperation: Map<string, Tally>;
  byPart: Map<string, Tally>;
  findings: Finding[];
  slowest: { milliseconds: number; request: string };
};

const lanes = 16;
const batch = 20;
const emptyTally = (): Tally => ({ requests: 0, byStatus: {}, findings: [] });

/** Enough of a request to see what it was; its key is left out. */
const shown = ({ request }: Attack): string =>
  bytesOf(request)
    .toString('latin1')
    .replaceAll(/Bearer avk_\S+/g, 'Bearer …')
    .replaceAll(/[^\x20-\x7e]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .slice(0, 1500);

/** Cursors as the lists themselves write them, to be used on other lists and by other roles. */
const cursorsOf = async (world: World): Promise<string[]> => {
  const auditor = world.as('auditor');
  const paths = ['/v1/sources', '/v1/parties', '/v1/claims', '/v1/incidents', '/v1/reviews', `/v1/incidents/${world.incident}/events`];
  const answers = await Promise.all(paths.map((path) => auditor.get(`${path}?limit=1`)));
  return answers.flatMap(({ body }) => (typeof body.next === 'string' ? [body.next] : []));
};

/**
 * Sends that many hostile requests, spread evenly over the operations of the contract, and holds every answer against it. The same seed makes the same
 * requests, up to the ids of the record. `until` ends it early.
 */
export const campaign = async (
  world: World,
  { requests, seed, onBatch }: { requests: number; seed: number; onBatch?: (done: number) => void },
): Promise<Table> => {
  const table: Table = {
    seed,
    total: 0,
    byOperation: new Map(),
    byPart: new Map(),
    findings: [],
    slowest: { milliseconds: 0, request: '' },
  };
  const wire = createWire(world.server.url);
  const cursors = await cursorsOf(world);
  const { routes } = world.contract;
  const arbitraries = routes.map((route) => attackOn(world, route, cursors));

  const note = (attack: Attack, number: number, status: string, faults: string[], milliseconds: number) => {
    table.total += 1;
    if (milliseconds > table.slowest.milliseconds) table.slowest = { milliseconds, request: shown(attack) };
    const findings = faults.map((fault) => ({ number, operation: attack.operation, role: attack.role, request: shown(attack), fault }));
    table.findings.push(...findings);
    for (const [tallies, name] of [
      [table.byOperation, attack.operation] as const,
      ...attack.what.map((part) => [table.byPart, part] as const),
    ]) {
      const tally = tallies.get(name) ?? emptyTally();
      tallies.set(name, tally);
      tally.requests += 1;
      tally.byStatus[status] = (tally.byStatus[status] ?? 0) + 1;
      tally.findings.push(...findings);
    }
  };
  const fire = async (attack: Attack, number: number) => {
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
    note(attack, number, String(reply?.status ?? 'none'), faults, performance.now() - begun);
  };

  const rounds = Math.ceil(requests / batch);
  for (let round = 0; round < rounds; round += 1) {
    const arbitrary = arbitraries[round % arbitraries.length];
    if (arbitrary === undefined) break;
    const attacks = fc.sample(arbitrary, { numRuns: Math.min(batch, requests - round * batch), seed: seed + round });
    let next = 0;
    const lane = async () => {
      for (let index = next++; index < attacks.length; index = next++) {
        const attack = attacks[index];
        if (attack) await fire(attack, round * batch + index);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    onBatch?.(table.total);
  }
  wire.close();
  return table;
};
