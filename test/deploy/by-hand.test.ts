import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { redisMissing, testFolder, testServer } from '@averment/platform/testing';
import t, { type Test } from 'tap';
import {
  certificatesMissing,
  makeCertificates,
  newStandInLog,
  startStandIn,
} from '../../packages/event-log/test/eventstore-stand-in/server.ts';
import { compose, type Service, variables } from './compose.ts';
import { isNotInStore, makeImage, notInStore } from './image.ts';

// The compose file without Docker: what the Dockerfile makes, with the commands, settings, flags and health checks of the compose file. Only hosts and
// ports are others, and EventStoreDB is a stand-in.

// Its health check in the compose file asks by `redis-cli`.
const missing =
  redisMissing || certificatesMissing || (spawnSync('redis-cli', ['--version']).status !== 0 && 'there is no redis-cli on the PATH');

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** Exactly the command of the service, and where it is to be found here. */
const startRedis = async (t: Test, { command = [], environment = {}, healthcheck }: Service): Promise<number> => {
  const folder = await testFolder(t);
  const port = await freePort();
  const [program = '', ...flags] = command;
  const child = spawn(program, [...flags, '--port', String(port), '--bind', '127.0.0.1', '--dir', folder], { stdio: 'ignore' });
  t.teardown(() => void child.kill('SIGKILL'));
  const [, asked = '', ...how] = healthcheck?.test ?? [];
  const isHealthy = () => spawnSync(asked, ['-p', String(port), ...how], { env: { PATH: process.env.PATH, ...environment } }).status === 0;
  while (!isHealthy()) if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
  t.not(
    spawnSync(asked, ['-p', String(port), ...how], { env: { PATH: process.env.PATH } }).status,
    0,
    'nobody gets in without the password',
  );
  return port;
};

const here = (value: string, hosts: Record<string, string>) =>
  Object.entries(hosts).reduce((text, [there, own]) => text.replace(there, own), value);

/** Runs a service that ends by itself. Not waited for in place: the stand-in is in this process. */
const runToEnd = async (folder: string, { command = [], environment = {} }: Service, hosts: Record<string, string>) => {
  const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, here(value, hosts)]));
  const child = spawn(process.execPath, command.slice(1), { cwd: folder, env: { PATH: process.env.PATH, ...env } });
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { code, out };
};

type Program = { child: ChildProcess; url: string; healthy: () => Promise<boolean>; stop: () => Promise<number | null> };

/** Starts a service as the compose file says, in the image's folder, and answers where it listens as soon as it says so. */
const start = async (
  t: Test,
  folder: string,
  { command = [], environment = {}, healthcheck }: Service,
  hosts: Record<string, string>,
): Promise<Program> => {
  const env: Record<string, string | undefined> = { PATH: process.env.PATH, NODE_ENV: 'production' };
  for (const [name, value] of Object.entries(environment)) env[name] = here(value, hosts);
  Object.assign(env, { HOST: '127.0.0.1', PORT: '0', ...('METRICS_PORT' in environment ? { METRICS_PORT: '0' } : {}), DESK_PORT: '0' });
  const child = spawn(command[0] === 'node' ? process.execPath : '', command.slice(1), {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.teardown(() => void child.kill('SIGKILL'));

  const said: string[] = [];
  const listening = Promise.withResolvers<string>();
  createInterface({ input: child.stderr }).on('line', (line) => {
    said.push(line);
    if (line.startsWith('{') && 'url' in JSON.parse(line)) listening.resolve(JSON.parse(line).url);
  });
  child.once('exit', (code) => listening.reject(new Error(`${command.join(' ')} ended with ${code}: ${said.join('\n')}`)));
  const url = await listening.promise;
  return {
    child,
    url,
    healthy: async () => {
      const [, , ...how] = (healthcheck?.test ?? []).map((part) => part.replace(/http:\/\/127\.0\.0\.1:\d+/, url));
      // Not waited for in place: the stand-in is in this process.
      const [code] = await once(spawn(process.execPath, how, { cwd: folder, stdio: 'ignore' }), 'exit');
      return code === 0;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const [code] = await ended;
      return code;
    },
  };
};

const numbersOf = async ({ url }: Program) => await (await fetch(`${url}/metrics`)).text();
const sumOf = (text: string, name: string) =>
  [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce((sum, [, value]) => sum + Number(value), 0);

t.test('the parts of the compose file, started by hand', { skip: missing }, async (t) => {
  const { folder, failed } = await makeImage(t);
  if (isNotInStore(failed)) {
    t.plan(0, notInStore);
    return;
  }
  t.equal(failed, null);
  const keyFile = join(folder, '../server.key');
  writeFileSync(keyFile, `${'7'.repeat(64)}\n`);
  const { services } = compose({ ...variables, SERVER_KEY_FILE: keyFile });
  const { 'api-1': api1, 'api-2': api2, worker, desk, redis, postgres, 'eventstore-user': eventStoreUser } = services;
  if (!api1 || !api2 || !worker || !desk || !redis || !postgres || !eventStoreUser) throw new Error('a service is missing');

  const flags = (postgres.command ?? []).filter((_, index, all) => all[index - 1] === '-c').map((flag) => flag.replace('=', ' = '));
  const server = await testServer(t, { extra: flags });
  const databaseUrl = await server.createDatabase();
  const { authority, ...certified } = makeCertificates(join(folder, '../certificates'));
  const passwords = { admin: variables.EVENTSTORE_ADMIN_PASSWORD, ops: variables.EVENTSTORE_OPS_PASSWORD };
  const eventStore = await startStandIn(t, newStandInLog(), { ...certified, passwords });
  const hosts = {
    'postgres://averment:a1b2@postgres:5432/averment': databaseUrl,
    'eventstore:2113': eventStore.address,
    '/run/secrets/eventstore_ca': authority,
    'redis:6379': `127.0.0.1:${await startRedis(t, redis)}`,
    '/run/secrets/server_key': keyFile,
  };

  const secured = await runToEnd(folder, eventStoreUser, hosts);
  t.match(secured, { code: 0, out: /^the user averment was made$/m });

  // All at once on an empty database, as Compose does it.
  const started = await Promise.all([api1, api2, worker, worker].map((service) => start(t, folder, service, hosts)));
  for (const program of started) while (!(await program.healthy())) t.equal(program.child.exitCode, null);
  const [one, other, first, second] = started as [Program, Program, Program, Program];

  // The command of docs/operations.md for keys.
  const command = ['node', 'services/worker/src/keys.ts', 'create', '--subject', 'somebody', '--role', 'contributor'];
  const [key = ''] = (await runToEnd(folder, { ...worker, command }, hosts)).out.split('\n');
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ kind: 'agency', name: 'The Harbour Police' });
  const written = await fetch(`${one.url}/v1/parties`, { method: 'POST', headers, body });
  t.equal(written.status, 201);
  const { id, position } = (await written.json()) as { id: string; position: string };
  const read = await fetch(`${other.url}/v1/parties/${id}?minPosition=${position}`, { headers });
  t.equal(read.status, 200, 'what one api wrote, a worker projected and the other api reads');

  const pages = await start(t, folder, desk, { ...hosts, 'http://api:8080': one.url });
  while (!(await pages.healthy())) t.equal(pages.child.exitCode, null);
  const page = await fetch(`${pages.url}/`);
  t.match([page.status, await page.text()], [200, /<h1/], 'the desk reads by the api');
  t.equal(await pages.stop(), 0);

  const numbers = await Promise.all(started.map(numbersOf));
  for (const text of numbers.slice(0, 2)) t.equal(sumOf(text, 'averment_dependency_up'), 3);
  t.equal(sumOf(numbers[0] ?? '', 'averment_append_duration_seconds_count'), 1);
  t.ok(sumOf(`${await numbersOf(first)}${await numbersOf(second)}`, 'averment_projected_events_total') > 0);
  const limit = Number(flags.find((flag) => flag.startsWith('max_connections'))?.split(' = ')[1]);
  const wanted = numbers.reduce((sum, text) => sum + sumOf(text, 'averment_pool_connections_limit'), 0);
  // Each api hears of the models on a connection beside its pools.
  t.equal(wanted + 2, 92, 'as docs/operations.md counts them');
  t.ok(2 * wanted <= limit, 'there is room for twice as many processes');

  t.same(await Promise.all(started.map(({ stop }) => stop())), [0, 0, 0, 0], 'told to stop, they end in order');
});
