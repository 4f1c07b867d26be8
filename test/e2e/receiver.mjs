// A newsroom's receiver of webhooks, whole: it takes what the record sends, once each, and notes in a file what has to be looked at.
//
//   WEBHOOK_SECRET=whsec_… node receiver.mjs noted.jsonl 8091
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

const [file, port] = process.argv.slice(2);
// While the secret is replaced, both: the old one and the new one, with a comma between.
const webhooks = process.env.WEBHOOK_SECRET.split(',').map((secret) => new Webhook(secret));
const mostBytes = 64 * 1024;

// What was noted before a restart is not noted again. A last line that a crash cut off does not count, and comes once more.
const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [''];
if (lines.pop() !== '') appendFileSync(file, '\n');
const seen = new Set();
for (const line of lines) {
  try {
    seen.add(JSON.parse(line).id);
  } catch {}
}

const bodyOf = async (request) => {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > mostBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** What was sent, if one of the secrets signed it and it is not older than five minutes; else null. `verify` takes headers as a plain object. */
const verified = (body, headers) => {
  for (const webhook of webhooks) {
    try {
      return webhook.verify(body, headers);
    } catch {}
  }
  return null;
};

const server = createServer(async (request, response) => {
  const body = await bodyOf(request).catch(() => null);
  const sent = body === null ? null : verified(body, request.headers);
  if (sent === null) return response.writeHead(401).end();
  const id = request.headers['webhook-id'];
  if (!seen.has(id)) {
    // First on disk, then answered: what was answered 2xx is not sent again.
    appendFileSync(file, `${JSON.stringify({ id, ...sent.data })}\n`, { flush: true });
    seen.add(id);
  }
  response.writeHead(204).end();
});
server.listen(Number(port), '127.0.0.1', () => console.log(`takes webhooks at http://127.0.0.1:${server.address().port}/`));
