import { type TrustProxy, trusting } from '@averment/platform';
import Fastify from 'fastify';
import t from 'tap';
import { addressOf, clientOf } from '../src/http/client.ts';

t.test('a key counts for its subject, whatever the address; without one the address counts', async (t) => {
  const principal = { subject: '10.0.0.1' };
  t.equal(clientOf({ principal, ip: '10.0.0.1' }), 'subject 10.0.0.1');
  t.equal(clientOf({ principal: null, ip: '10.0.0.1' }), 'address 10.0.0.1');
  t.not(clientOf({ principal, ip: '::1' }), clientOf({ principal: null, ip: '10.0.0.1' }), 'no subject can be named like an address');
});

t.test('of IPv6 the network of a subscriber counts, however the address is written', async (t) => {
  for (const [ip, counted] of [
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
    ['2001:db8::7', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['1:2:3:4:5:6:7.8.9.10', '1:2:3:4::/64'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
  ] as const)
    t.equal(addressOf(ip), `address ${counted}`, ip);
});

t.test('only the proxies that are trusted say where a client is', async (t) => {
  const asked = async (proxies: TrustProxy, forwarded: string) => {
    const app = Fastify({ trustProxy: trusting(proxies) });
    app.get('/', async ({ ip }) => ip);
    return (await app.inject({ url: '/', remoteAddress: '10.0.0.1', headers: { 'x-forwarded-for': forwarded } })).body;
  };
  const forged = '203.0.113.9, 198.51.100.7';
  t.equal(await asked(false, forged), '10.0.0.1');
  t.equal(await asked(1, forged), '198.51.100.7', 'what the client itself wrote is not looked at');
  t.equal(await asked(2, forged), '203.0.113.9');
  t.equal(await asked(['10.0.0.0/8'], forged), '198.51.100.7');
  t.equal(await asked(['10.0.0.2'], forged), '10.0.0.1');
});
