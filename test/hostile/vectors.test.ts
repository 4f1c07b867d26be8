import t from 'tap';
import { ownTexts, textsBeside } from '../../services/api/test/support/json-texts.ts';
import type { Keys } from '../e2e/client.ts';
import type { Route } from './contract.ts';
import { type Json, json } from './json.ts';
import { article, rightRequests } from './right.ts';
import { createWire, type Reply, type Request, type Wire } from './wire.ts';
import { createWorld, type World } from './world.ts';

const texts = [...ownTexts, ...textsBeside];
const world = await createWorld(t);
const wire = createWire(world.server.url);
t.teardown(() => wire.close());
t.comment(`${ownTexts.length} texts of our own, ${textsBeside.length} of a public suite`);

/** How a body is refused that is not JSON: where documents are taken, whatever it is. */
const refusals = ({ operation: { requestBody } }: Route): number[] =>
  requestBody !== undefined && requestBody.content['application/json'] === undefined ? [415] : [400, 413];

/** Sends all, sixteen at a time, and answers in order. */
const sendAll = async (wire: Wire, requests: Request[]): Promise<Reply[]> => {
  const replies: Reply[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < requests.length; index = next++) {
      const request = requests[index];
      if (request) replies[index] = await wire.send(request);
    }
  };
  await Promise.all(Array.from({ length: 16 }, lane));
  return replies;
};

const requestOf = (world: World, route: Route, role: string, body: Buffer): Request => {
  const right = rightRequests(world)[route.operation.operationId];
  if (right === undefined) throw new Error(`there is no right request for ${route.method} ${route.path}`);
  return {
    method: route.method,
    target: right.target,
    headers: [
      ['host', 'localhost'],
      ['content-type', 'application/json'],
      ...(role === 'none' ? [] : [['authorization', `Bearer ${world.server.keys[role as keyof Keys]}`] satisfies [string, string]]),
      // The edit's tag goes stale with the first body that is taken; a body that is refused is refused before it is looked at.
      ...(right.ifMatch === undefined ? [] : [['if-match', right.ifMatch] satisfies [string, string]]),
    ],
    body,
  };
};

/** The right body as JSON text with the bytes of a vector in place of one member's value. */
const embedded = (body: Json, member: string, bytes: Buffer): Buffer => {
  const mark = '"\u2766 here"';
  const [before = '', after = ''] = JSON.stringify({ ...body, [member]: JSON.parse(mark) }).split(mark);
  return Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
};

t.test('the JSON texts as bodies of every POST and PUT, and of every DELETE that takes one', async (t) => {
  const { faultsOf, fits, routes } = world.contract;
  const writing = routes.filter(({ method, operation }) => method === 'POST' || method === 'PUT' || operation.requestBody);
  t.equal(writing.length, Object.keys(rightRequests(world)).length, 'each of them is tried');

  for (const route of writing) {
    for (const role of route.operation['x-roles']) {
      const requests = texts.map(({ bytes }) => requestOf(world, route, role, bytes));
      const replies = await sendAll(wire, requests);
      const wrong: string[] = [];
      for (const [index, { name, bytes, verdict }] of texts.entries()) {
        const { status } = replies[index] as Reply;
        const value = bytes.length === 0 ? {} : json(bytes);
        const faults = faultsOf(route.method, requests[index]?.target ?? '', replies[index] as Reply);
        if (status < 300 && (value === undefined || !fits(route.operation, value))) faults.push(`answers ${status} to what does not fit`);
        if (verdict === 'must not' && bytes.length > 0 && !refusals(route).includes(status))
          faults.push(`answers ${status} to what is not JSON`);
        if (faults.length > 0) wrong.push(`${name}: ${faults.join('; ')}`);
      }
      t.strictSame(wrong, [], `${route.method} ${route.path} as ${role}: ${counted(replies)}`);
    }
  }
  t.equal((await world.as('none').get('/readyz')).status, 200, 'and it still serves');
});

t.test('the JSON texts as the value of every member of every body', async (t) => {
  const { faultsOf, fits, routes } = world.contract;
  // The free ones too: what this parser takes, the service may not.
  const parsing = differing(texts.filter(({ bytes }) => json(bytes) !== undefined));
  t.ok(parsing.length > 70, `${parsing.length} of them parse`);

  for (const route of routes) {
    const body = rightRequests(world)[route.operation.operationId]?.body;
    if (body === undefined) continue;
    // Every member gets every text; the roles take turns.
    const roles = route.operation['x-roles'];
    const cases = Object.keys(body).flatMap((member, turn) =>
      parsing.map(({ name, bytes }, index) => ({
        role: roles[(turn + index) % roles.length] ?? '',
        member,
        name,
        bytes: embedded(body, member, bytes),
      })),
    );
    const requests = cases.map(({ role, bytes }) => requestOf(world, route, role, bytes));
    const replies = await sendAll(wire, requests);
    const wrong: string[] = [];
    for (const [index, { role, member, name, bytes }] of cases.entries()) {
      const reply = replies[index] as Reply;
      const faults = faultsOf(route.method, requests[index]?.target ?? '', reply);
      if (reply.status < 300 && !fits(route.operation, json(bytes))) faults.push(`answers ${reply.status} to what does not fit`);
      if (faults.length > 0) wrong.push(`${name} as ${member} by ${role}: ${faults.join('; ')}`);
    }
    t.strictSame(wrong, [], `${route.method} ${route.path}: ${counted(replies)}`);
  }
  t.equal((await world.as('none').get('/readyz')).status, 200, 'and it still serves');
});

t.test('a text that is taken reads back as it was sent', async (t) => {
  const contributor = world.as('contributor');
  const strings = texts.flatMap(({ name, bytes }) => {
    const value = json(bytes);
    const inside = Array.isArray(value) && value.length === 1 ? value[0] : value;
    return typeof inside === 'string' ? [{ name, inside }] : [];
  });
  let taken = 0;
  for (const { name, inside } of strings) {
    const text = `Before ${inside} after.`;
    const answer = await contributor.send('POST', '/v1/sources', { ...article, text });
    if (answer.status !== 201) {
      t.ok(answer.status === 400 || answer.status === 422, `${name} is refused: ${answer.status} ${answer.body.detail}`);
      continue;
    }
    taken += 1;
    const read = await contributor.get(`/v1/sources/${answer.body.id}/text`);
    t.equal(read.body.text, text, name);
  }
  t.ok(taken > 20, `${taken} of ${strings.length} are taken`);
});

/** One of those that every parser reads as the same value: behind the door they are one. */
const differing = (parsing: typeof texts): typeof texts => {
  const seen = new Set<string>();
  return parsing.filter(({ bytes, verdict }) => {
    // Where parsers may differ a text stands for itself; some are too deep to be written again.
    if (verdict !== 'must') return true;
    const value = JSON.stringify(json(bytes));
    if (seen.has(value)) return false;
    seen.add(value);
    return true;
  });
};

/** `201 ×12, 400 ×306` */
const counted = (replies: Reply[]): string => {
  const counts = new Map<number, number>();
  for (const { status } of replies) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status} ×${count}`)
    .join(', ');
};
