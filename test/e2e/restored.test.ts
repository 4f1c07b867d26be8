import { testServer } from '@averment/platform/testing';
import t from 'tap';
import { expect } from '../../services/api/test/support/story.ts';
import { install, models, untilRestored } from './installation.ts';

// What becomes of a service whose log comes back from an older backup than its read models.
const server = await testServer(t);

t.test(
  'a log that came back from a backup without its models loses nothing: they stop, commands are refused, a rebuild mends it',
  async (t) => {
    const own = await install(t, await server.createDatabase());
    const backup = await own.head();
    for (let n = 0; n < 10; n += 1) await own.writeAndRead(`A lost agency ${n}`);
    t.same(await own.stop(), [0, 0]);
    await own.cutBack(backup);
    await own.start();

    const ahead = (name: string) =>
      `read model ${name} is at position ${backup + 10}, and the event log ends at ${backup}: .*npm run rebuild -- ${name}`;
    t.match(await own.ready(), { status: 503, body: { detail: new RegExp(models.map(ahead).join('.*')) } });
    t.match(await own.write('An agency of nowhere'), { status: 503, body: { type: '/problems/unavailable', detail: /npm run rebuild/ } });
    t.match(await own.ask('GET', `/v1/incidents/${own.incident}`), { status: 503, body: { detail: new RegExp(ahead('record')) } });
    t.equal(await own.head(), backup, 'nothing was written');
    t.match(await own.feed({ after: String(backup + 10) }), { status: 410 });
    const verified = await own.run('verify', '--models');
    t.equal(verified.code, 1);
    for (const name of models) t.match(verified.out, new RegExp(`^model_off: the ${ahead(name)}`, 'm'));

    t.equal((await own.run('rebuild', 'all')).code, 0, 'while the processes run');
    await own.until(200);
    await own.writeAndRead('A new agency');
    t.match(await own.read(`/v1/incidents/${own.incident}`), { status: 200 });
    const well = await own.run('verify', '--models');
    t.match(well, { code: 1, out: /^tail_cut: /m }, 'the ledger has leaves of what was lost');
    for (const name of models)
      t.match(well.out, new RegExp(`^${name}: \\d+ rows up to position ${backup + 1}: all are as the log has them$`, 'm'));

    await own.pool.query(`UPDATE record_v21.incidents SET document = replace(document, 'shoots at a car', 'looks at a car')`);
    const ill = await own.run('verify', '--models');
    t.equal(ill.code, 1);
    t.match(ill.out, `model_differs: record, incidents, {"id":"${own.incident}"} differs in: document\n`);
    t.match(ill.out, /^record: \d+ rows up to position \d+: 1 differ$/m);
    t.same(await own.stop(), [0, 0]);
  },
);

t.test(
  'PostgreSQL: an older backup in place of the log stops the processes that run, until it is said that it is the right one',
  async (t) => {
    const own = await install(t, await server.createDatabase());
    const backup = await own.head();
    for (let n = 0; n < 3; n += 1) await own.writeAndRead(`A lost agency ${n}`);
    const { log } = expect(await own.feed(), 200).body;
    await own.cutBack(backup);
    await untilRestored(t, own, String(log));
  },
);
