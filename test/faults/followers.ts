import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { DomainEvent } from '@averment/domain';
import type { Logged } from '@averment/event-log';
import { parseCheckpoint, parseNote, parseVerifierKey, verifyLedger } from '@averment/verify-log';
import { Webhook } from 'standardwebhooks';
import type { Bed, Service } from './bed.ts';
import { type Client, type Json, recovery } from './client.ts';
import { type Scope, together, type Verdict } from './experiment.ts';

/** Who follows the record in every way but by pages of the feed, through whatever happens; `verdict` waits until each has all of these events. */
export type Followers = { verdict(events: readonly Logged<DomainEvent>[]): Promise<Verdict> };

/** Waits until it holds. Rejects where that takes longer than a service may need to recover. */
const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (const begun = performance.now(); !(await holds()); await delay(50))
    if (performance.now() - begun > recovery) throw new Error(`${what}: not within ${recovery / 1000} s`);
};

const differing = (who: string, found: readonly string[], wanted: readonly string[]): Verdict => {
  const at = wanted.findIndex((one, index) => one !== found[index]);
  if (at === -1 && found.length === wanted.length) return { checks: wanted.length, findings: [] };
  return {
    checks: wanted.length,
    findings: [`${who} has ${found.length} of ${wanted.length}; the first that differs: ${found[at]} for ${wanted[at]}`],
  };
};

/** By Server-Sent Events, from one stream to the next. */
const streaming = (bed: Bed, urls: readonly string[], over: AbortSignal) => {
  const seen: Json[] = [];
  const follow = async (): Promise<void> => {
    const key = await bed.keyOf('auditor0');
    for (let turn = 0; !over.aborted; turn += 1) {
      try {
        const headers = { authorization: `Bearer ${key}`, 'last-event-id': String(seen.at(-1)?.position ?? '0') };
        const answer = await fetch(`${urls[turn % urls.length]}/v1/events/stream`, { headers, signal: over });
        let rest = '';
        for await (const chunk of (answer.ok ? answer.body : null)?.pipeThrough(new TextDecoderStream()) ?? []) {
          const blocks = `${rest}${chunk}`.split('\n\n');
          rest = blocks.pop() ?? '';
          for (const block of blocks) {
            const data = /^data: (.*)$/m.exec(block)?.[1];
            if (data !== undefined) seen.push(JSON.parse(data) as Json);
          }
        }
      } catch {
        // The stream broke off, or there is nobody to open one.
      }
      if (!over.aborted) await delay(20);
    }
  };
  void follow();
  return { seen };
};

type Sent = { position: string; incidentId: string; id: string };

/** By a webhook: takes what is signed, now and then says that it cannot. */
const receiving = async (scope: Scope, bed: Bed, url: string) => {
  const sent: Sent[] = [];
  let secret = '';
  let asked = 0;
  const server = createServer(async (request, response): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    asked += 1;
    if (asked % 40 === 0) return void response.writeHead(503).end();
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const { data } = new Webhook(secret).verify(Buffer.concat(chunks).toString(), headers) as { data: Omit<Sent, 'id'> };
    sent.push({ ...data, id: headers['webhook-id'] ?? '' });
    response.writeHead(204).end();
  });
  scope.teardown(() => void server.closeAllConnections());
  scope.teardown(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const made = await fetch(`${url}/v1/webhooks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await bed.keyOf('app0')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }),
  });
  const webhook = (await made.json()) as { id: string; secret: string; upTo: string };
  if (made.status !== 201) throw new Error(`the webhook was answered ${made.status} ${JSON.stringify(webhook)}`);
  secret = webhook.secret;
  return { sent, id: webhook.id, from: webhook.upTo };
};

/** A copy of the list, by what changed. */
const copying = (client: Client, over: AbortSignal) => {
  const items = new Map<string, Json>();
  let position = '0';
  const read = async (): Promise<void> => {
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ changedAfter: position, status: 'all', limit: '7', ...(cursor !== null && { cursor }) });
      const page = (await client.read('auditor0', `/v1/incidents?${query}`)) as {
        items: Json[];
        gone: Json[];
        next: string | null;
        position: string;
      };
      for (const item of page.items) items.set(String(item.id), item);
      for (const { id } of page.gone) items.delete(String(id));
      cursor = page.next;
      if (cursor === null) position = page.position;
    } while (cursor !== null);
  };
  const follow = async () => {
    while (!over.aborted) await read();
  };
  const following = follow();
  following.catch(() => undefined);
  return { items, read, following };
};

/** Keeps each checkpoint that it is served. */
const auditing = (urls: readonly string[], over: AbortSignal) => {
  const kept: string[] = [];
  const follow = async () => {
    for (let turn = 0; !over.aborted; turn += 1) {
      const answer = await fetch(`${urls[turn % urls.length]}/log/checkpoint`).catch(() => null);
      const note = answer?.ok ? await answer.text().catch(() => null) : null;
      if (note !== null && note !== kept.at(-1)) kept.push(note);
      await delay(100);
    }
  };
  void follow();
  return { kept };
};

/** Takes the whole record as a file again and again: each is whole, or its connection breaks. */
const exporting = (urls: readonly string[], over: AbortSignal) => {
  const findings: string[] = [];
  let last: string[] = [];
  let whole = 0;
  const take = async (url: string): Promise<boolean> => {
    const answer = await fetch(`${url}/v1/export/incidents.ndjson`).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => null) : null;
    if (text === null) return false;
    try {
      last = text
        .split('\n')
        .slice(0, -1)
        .map((line) => String((JSON.parse(line) as Json).id));
    } catch {
      findings.push('an export that ended in order is not whole');
    }
    whole += 1;
    return true;
  };
  const follow = async () => {
    for (let turn = 0; !over.aborted; turn += 1) {
      await take(urls[turn % urls.length] ?? '');
      await delay(200);
    }
  };
  void follow();
  return { take, ids: () => last, findings, whole: () => whole };
};

const sizeOf = (note: string | undefined): number => (note === undefined ? -1 : parseCheckpoint(parseNote(note).text).size);
const inOrder = (sent: readonly Sent[]): string[] => {
  const first = [...new Map([...sent].reverse().map((one) => [one.id, one])).values()].reverse();
  return [...Map.groupBy(first, ({ incidentId }) => incidentId).values()].flatMap((own) => {
    const positions = own.map(({ position }) => BigInt(position));
    const late = positions.findIndex((position, index) => index > 0 && position < (positions[index - 1] as bigint));
    return late < 0 ? [] : [`the webhook was sent ${own[late]?.position} of ${own[late]?.incidentId} after a later one`];
  });
};

/** Begins to follow, before anything is harmed. */
export const followAll = async (scope: Scope, bed: Bed, { urls }: Pick<Service, 'urls'>, client: Client): Promise<Followers> => {
  const over = new AbortController();
  scope.teardown(() => over.abort());
  const [url = ''] = urls;
  const webhook = await receiving(scope, bed, url);
  const stream = streaming(bed, urls, over.signal);
  const copy = copying(client, over.signal);
  const audit = auditing(urls, over.signal);
  const files = exporting(urls, over.signal);

  const ofWebhook = async (): Promise<Verdict> => {
    await until('the webhook', async () => (await client.read('app0', `/v1/webhooks/${webhook.id}`)).waiting === 0);
    const wanted: string[] = [];
    for (let after = webhook.from; ; ) {
      const { items, next } = (await client.read('app0', `/v1/events?after=${after}&limit=500`)) as { items: Json[]; next: string };
      if (items.length === 0) break;
      wanted.push(...items.map(({ position }) => String(position)));
      after = next;
    }
    const found = [...new Set(webhook.sent.map(({ position }) => position))].sort((one, other) => Number(BigInt(one) - BigInt(other)));
    return together([differing('the webhook', found, wanted), { checks: 1, findings: inOrder(webhook.sent) }]);
  };

  const ofCopy = async (): Promise<Verdict> => {
    await copy.following;
    await copy.read();
    const { items } = (await client.read('auditor0', '/v1/incidents?status=all&limit=500')) as { items: Json[] };
    const told = (list: Iterable<Json>) => [...list].map(({ changedAt, etag, ...item }) => JSON.stringify(item)).sort();
    return differing('the copy', told(copy.items.values()), told(items));
  };

  const ofExport = async (): Promise<Verdict> => {
    await until('an export', () => files.take(url));
    const { items } = (await client.read('auditor0', '/v1/incidents?status=all&limit=500')) as { items: Json[] };
    const { checks, findings } = differing('the export', files.ids(), items.map(({ id }) => String(id)).sort());
    return { checks: checks + files.whole(), findings: [...files.findings, ...findings] };
  };

  const ofLedger = async (size: number): Promise<Verdict> => {
    await until('the ledger', () => sizeOf(audit.kept.at(-1)) === size);
    const sizes = audit.kept.map(sizeOf);
    const findings = sizes.flatMap((one, index) =>
      index > 0 && one < (sizes[index - 1] as number) ? [`the ledger went back to ${one} leaves`] : [],
    );
    const keys = [parseVerifierKey((await (await fetch(`${url}/log/key`)).text()).trim())];
    const events = { url, key: await bed.keyOf('auditor0') };
    for (const since of [audit.kept[0], audit.kept[Math.floor(audit.kept.length / 2)]])
      await verifyLedger({
        url: `${url}/log`,
        keys,
        since,
        events,
        found: ({ what, detail }) => findings.push(`ledger: ${what}: ${detail}`),
      });
    return { checks: audit.kept.length + 2 * size, findings };
  };

  return {
    verdict: async (events) => {
      const [head] = [events.at(-1)];
      await until('the stream', () => String(stream.seen.at(-1)?.position) === String(head?.position));
      const ledger = await ofLedger(events.length);
      over.abort();
      return together([
        differing(
          'the stream',
          stream.seen.map(({ position, type }) => `${String(position)} ${String(type)}`),
          events.map(({ position, type }) => `${position} ${type}`),
        ),
        ledger,
        await ofWebhook(),
        await ofCopy(),
        await ofExport(),
      ]);
    },
  };
};
