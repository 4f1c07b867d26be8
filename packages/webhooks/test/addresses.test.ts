import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import t from 'tap';
import { isPublicAddress } from '../src/addresses.ts';
import { createPost } from '../src/index.ts';
import { receiver } from './kit.ts';

const never = new AbortController().signal;
const message = (url: string) => ({ url, headers: {}, body: JSON.stringify({ data: {} }) });
const careful = createPost({ privateAddresses: false, timeout: 60_000 });

/** Lets names lead where the test says. */
const named = (where: Readonly<Record<string, readonly string[]>>) => {
  const real = dns.lookup;
  const asked: string[] = [];
  const lookup = (name: string, options: dns.LookupAllOptions, callback: (error: Error | null, found: dns.LookupAddress[]) => void) => {
    asked.push(name);
    const found = where[name];
    if (found === undefined) return real(name, options, callback);
    callback(
      null,
      found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  dns.lookup = lookup as unknown as typeof dns.lookup;
  syncBuiltinESMExports();
  return {
    asked,
    end: () => {
      dns.lookup = real;
      syncBuiltinESMExports();
    },
  };
};

t.test('addresses of the public internet, and all others', async (t) => {
  for (const address of ['8.8.8.8', '93.184.216.34', '2606:4700:4700::1111', '2a00:1450:4001::8a', '::ffff:8.8.8.8'])
    t.ok(isPublicAddress(address), address);
  for (const address of [
    ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1', '172.31.255.255'],
    ...['192.0.0.1', '192.0.2.1', '192.168.1.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:0:7f00:1', '64:ff9b::7f00:1', '64:ff9b:1::a00:1'],
    ...['100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1', '5f00::1', 'fc00::1', 'fd12:3456::1', 'fe80::1', 'fe80::1%eth0'],
    ...['fec0::1', 'ff02::1', '4000::1', 'localhost', ''],
  ])
    t.notOk(isPublicAddress(address), address);
});

t.test('nothing reaches a receiver that is not public, whatever it is called', async (t) => {
  const to = await receiver(t);
  const port = new URL(to.url).port;
  const names = named({
    'inside.example': ['127.0.0.1'],
    'mapped.example': ['::ffff:127.0.0.1', '::1'],
    'many.example': ['10.0.0.1', '192.168.0.1', 'fd00::1', '169.254.169.254'],
    'nowhere.example': [],
  });
  try {
    for (const host of [
      'inside.example',
      'mapped.example',
      'many.example',
      'nowhere.example',
      'localhost',
      '127.0.0.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '2130706433',
      '0x7f.1',
    ])
      for (const scheme of ['http', 'https'])
        t.match(
          await careful(message(`${scheme}://${host}:${port}/`), never),
          { status: null, error: 'address_not_allowed' },
          `${scheme} ${host}`,
        );
    t.equal(to.received.length, 0);
    const free = createPost({ privateAddresses: true, timeout: 60_000 });
    t.match(await free(message(`http://inside.example:${port}/`), never), { status: 204, error: null }, 'where a setting allows it');
  } finally {
    names.end();
  }
});

t.test('a name is looked up for each connection, and what it led to before does not count', async (t) => {
  const to = await receiver(t);
  const port = new URL(to.url).port;
  const where: Record<string, string[]> = { 'rebound.example': ['127.0.0.1'] };
  const names = named(where);
  try {
    const free = createPost({ privateAddresses: true, timeout: 60_000 });
    t.match(await free(message(`http://rebound.example:${port}/`), never), { status: 204 });
    t.match(await careful(message(`http://rebound.example:${port}/`), never), { error: 'address_not_allowed' });
    t.equal(names.asked.filter((name) => name === 'rebound.example').length, 2);
  } finally {
    names.end();
  }
});

t.test('what went wrong is told in a word, and names no address', async (t) => {
  const to = await receiver(t);
  const free = createPost({ privateAddresses: true, timeout: 60_000 });
  t.match(await free(message(to.url.replace('http:', 'https:')), never), { status: null, error: 'tls' });
  t.match(await free(message('http://newsroom.invalid/'), never), { status: null, error: 'name_not_found' });
  t.match(await free(message('http://127.0.0.1:1/'), never), { status: null, error: 'not_connected' });
  t.match(await free(message(to.url), AbortSignal.abort()), { status: null, error: 'interrupted' });
});
