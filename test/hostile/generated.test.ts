import t from 'tap';
import { campaign } from './campaign.ts';
import { createWorld } from './world.ts';

/** Enough for a batch on each operation. */
const requests = 3600;

t.test('hostile requests never fail the service, and every answer is as its OpenAPI document says', async (t) => {
  const world = await createWorld(t);
  const seed = Number(process.env.HOSTILE_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const { total, findings, byOperation } = await campaign(world, { requests, seed });
  t.equal(total.requests, requests);
  t.ok(total.reached > requests / 4, `${total.reached} came as far as the handlers`);
  t.strictSame(findings.slice(0, 5), [], `${findings.length} findings; HOSTILE_SEED=${seed} makes these requests again`);
  for (const { operation } of world.contract.routes) t.ok(byOperation.has(operation.operationId), `${operation.operationId} was attacked`);
  t.equal((await world.as('none').get('/readyz')).status, 200, 'and it still serves');
});
