#!/usr/bin/env bash
# ioredis 6.0.0, Node 20 to 24.
#
# A client whose server does not answer waits between two attempts. `disconnect()` and `quit()` in that pause do end the attempts, yet the client's
# status stays "reconnecting" for ever and the event "end" never comes; `quit()` even answers OK. In the midst of an attempt the same call gives "end"
# and status "end". Whoever waits for "end" before going on (BullMQ 6's Worker.close() does) waits for ever if the call falls into the pause.
#
# Seen:
#   disconnect in the pause: status reconnecting, no end, attempts after it 0
#   quit in the pause: answered OK, status reconnecting, no end, attempts after it 0
#   disconnect in an attempt: status end, end, attempts after it 0
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit --save-exact ioredis@6.0.0

cat >try.mjs <<'JS'
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import Redis from 'ioredis';

// A port of the loopback on which nobody listens.
const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();
server.close();
await once(server, 'close');

// Not `once`, which rejects at an `error`.
const heard = (client, event) => new Promise((resolve) => client.once(event, resolve));

const tryOut = async (title, tell) => {
  const client = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 300, maxRetriesPerRequest: null });
  let ended = false;
  let attempts = 0;
  client.on('error', () => undefined);
  client.on('connecting', () => { attempts += 1; });
  client.on('end', () => { ended = true; });
  const answer = await tell(client);
  const before = attempts;
  await delay(1500);
  console.log(`${title}: ${answer ? `answered ${answer}, ` : ''}status ${client.status}, ${ended ? 'end' : 'no end'}, attempts after it ${attempts - before}`);
};

await tryOut('disconnect in the pause', async (client) => {
  await heard(client, 'reconnecting');
  client.disconnect();
});
await tryOut('quit in the pause', async (client) => {
  await heard(client, 'reconnecting');
  return client.quit();
});
await tryOut('disconnect in an attempt', async (client) => {
  await heard(client, 'reconnecting');
  await heard(client, 'connecting');
  client.disconnect();
});
process.exit(0);
JS

diff - <(node try.mjs) <<'SEEN'
disconnect in the pause: status reconnecting, no end, attempts after it 0
quit in the pause: answered OK, status reconnecting, no end, attempts after it 0
disconnect in an attempt: status end, end, attempts after it 0
SEEN
echo 'as stated: ioredis 6.0.0 gives no "end" when it is told to disconnect between two attempts'
