#!/usr/bin/env bash
# standardwebhooks 1.1.1, Node 20 to 26.
#
# A handler in the style of fetch has a request's headers as `Headers`. Handed to `verify` as they are, a request that is rightly signed is refused with
# "Missing required headers": the library asks for their own properties, of which `Headers` has none. Without types nothing warns of it, and every request
# is answered as a forgery. The same headers as a plain object are taken.
#
# Seen:
#   a plain object: verified
#   Headers: Missing required headers
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit --save-exact standardwebhooks@1.1.1

cat >try.mjs <<'JS'
import { Webhook } from 'standardwebhooks';

const webhook = new Webhook(`whsec_${Buffer.alloc(32, 1).toString('base64')}`);
const [id, now, body] = ['msg_1', new Date(), '{"type":"a"}'];
const headers = {
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
  'webhook-signature': webhook.sign(id, now, body),
};
for (const [name, given] of [['a plain object', headers], ['Headers', new Headers(headers)]]) {
  try {
    webhook.verify(body, given);
    console.log(`${name}: verified`);
  } catch (error) {
    console.log(`${name}: ${error.message}`);
  }
}
JS

diff - <(node try.mjs) <<'SEEN'
a plain object: verified
Headers: Missing required headers
SEEN
echo 'as stated: standardwebhooks 1.1.1 takes the headers of a Request for missing'
