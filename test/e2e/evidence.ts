import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { writtenPdf } from '@averment/extraction/testing';
import { type Client, client, expectStatus, type Json } from './client.ts';
import { type Article, type Entered, enterEdits, enterIncidents, people } from './model.ts';
import type { Server } from './server.ts';

/** What becomes of the evidence of an article once it is recorded, over HTTP as contributor, reviewers and an admin do it. */

type Citation = {
  source: string;
  revision: number;
  quote: { exact: string } | null;
  page: number | null;
  from: number | null;
  to: number | null;
};
type Claim = { id: string; speaker: string; voice: string; aspect: string; flags: string[]; citations: Citation[] };
type Document = Json & {
  id: string;
  revision: number;
  claims: Claim[];
  aspects: { aspect: string; about: string | null; voices: number }[];
};
type Item = { incidentId: string; edit: number; rationale: string };

export type Story = {
  article: Article;
  text: string;
  source: string;
  incidents: string[];
  desk: Desk;
};
type Desk = ReturnType<typeof createDesk>;

const createDesk = ({ url, keys }: Server) => {
  const [contributor, reviewer, reviewer2, admin] = [keys.contributor, keys.reviewer, keys.reviewer2, keys.admin].map((key) =>
    client(url, key),
  ) as [Client, Client, Client, Client];
  let written = '0';
  const note = <T extends Json>(answer: T): T => {
    if (BigInt(String(answer.position ?? 0)) > BigInt(written)) written = String(answer.position);
    return answer;
  };
  /** Reads it once what was written last can be read. */
  const read = async (reader: Client, path: string): Promise<Json> =>
    expectStatus(await reader.get(`${path}${path.includes('?') ? '&' : '?'}minPosition=${written}`), 200);
  const send = async (path: string, body: Json): Promise<Json> => note(expectStatus(await contributor.send('POST', path, body), 201));
  /** Approves an edit with as many reviewers as it needs. `path`: of the edit. */
  const approve = async (path: string): Promise<Json> => {
    for (const each of [reviewer, reviewer2]) {
      const { etag } = await read(each, path);
      const vote = { decision: 'approve', reason: 'Compared with what the source has now.' };
      const decided = note(expectStatus(await each.send('POST', `${path}/decision`, vote, { 'if-match': String(etag) }), 200));
      if (decided.state === 'applied') return decided;
    }
    throw new Error(`${path} took more than two approvals`);
  };
  /** Submits an edit of an incident, a source or a party, and approves it. */
  const edit = async (path: string, changes: Json[]): Promise<Json> => {
    const now = await read(contributor, path);
    const body = { baseRevision: now.version ?? now.revision, rationale: 'As the source says by now.', changes };
    const submitted = await send(`${path}/edits`, body);
    return { ...submitted, ...(await approve(`${path}/edits/${submitted.edit}`)) };
  };
  const documentOf = async (id: string, reader: Client = contributor, query = ''): Promise<Document> =>
    (await read(reader, `/v1/incidents/${id}${query}`)) as Document;
  const bring = async (body: string | Buffer, mediaType: string, query: Record<string, string>): Promise<string> => {
    const path = new URL(`/v1/sources/import?${new URLSearchParams(query)}`, url);
    const headers = { authorization: `Bearer ${keys.contributor}`, 'idempotency-key': randomUUID(), 'content-type': mediaType };
    const answer = await fetch(path, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) });
    const told = (await answer.json()) as Json;
    if (answer.status !== 201) throw new Error(`the import was answered ${answer.status}: ${JSON.stringify(told)}`);
    return String(note(told).id);
  };
  return {
    anyone: client(url, null),
    app: client(url, keys.app),
    auditor: client(url, keys.auditor),
    contributor,
    reviewer,
    admin,
    read,
    send,
    approve,
    edit,
    documentOf,
    bring,
  };
};

/** Asks until it is so: followers act by themselves. */
export const until = async <T>(ask: () => Promise<T | null>): Promise<T> => {
  for (let times = 0; times < 600; times += 1) {
    const found = await ask();
    if (found !== null) return found;
    await delay(200);
  }
  throw new Error('what was waited for did not come about in two minutes');
};

/** Enters the article as its model says. */
export const enter = async (article: Article, server: Server, entered: Entered): Promise<Story> => {
  const who = people(server.url, server.keys);
  await enterIncidents(article, who, entered);
  await enterEdits(article.model, who, entered);
  const [first] = article.model.sources.filter(({ text }) => text === undefined);
  const source = String(entered.ids.get(String(first?.ref)));
  const incidents = article.model.incidents.map(({ ref }) => String(entered.incidents.get(ref)?.id));
  return { article, text: article.text, source, incidents, desk: createDesk(server) };
};

const quotesIn = ({ claims }: Document, source: string) =>
  claims.flatMap((claim) =>
    claim.citations.flatMap(({ quote, ...citation }, n) =>
      citation.source === source && quote !== null
        ? [{ claim: claim.id, n, flags: claim.flags, revision: citation.revision, exact: quote.exact }]
        : [],
    ),
  );

/** How the quotations of a source stood after its text was revised, and after what was proposed was approved. */
export type Anchored = { quotations: number; stand: number; changed: number; gone: number; edits: number; kept: string[] };

/**
 * The text as a newspaper would correct it: with a note before it, one quoted sentence worded otherwise, and one taken out. Approves what is then proposed.
 */
export const revise = async ({ source, incidents, text, desk }: Story): Promise<Anchored> => {
  const before = new Map(await Promise.all(incidents.map(async (id) => [id, await desk.documentOf(id)] as const)));
  const quoted = [...new Set([...before.values()].flatMap((document) => quotesIn(document, source).map(({ exact }) => exact)))]
    .filter((exact) => text.includes(exact))
    .sort((one, other) => text.indexOf(one) - text.indexOf(other));
  const worded = quoted[0] ?? '';
  const dropped = quoted.findLast((exact) => text.indexOf(exact) > text.indexOf(worded) + worded.length) ?? '';
  const [head, ...tail] = worded.split(' ');
  const revised = `Correction: an earlier version of this text was wrong.\n\n${text
    .replace(worded, [head, 'reportedly', ...tail].join(' '))
    .replace(dropped, 'The text says no more of it.')}`;
  await desk.edit(`/v1/sources/${source}`, [{ kind: 'revise_text', text: revised, why: 'corrected_by_publisher' }]);

  const using = incidents.filter((id) => quotesIn(before.get(id) as Document, source).length > 0);
  const proposed = await until(async () => {
    const found = await Promise.all(
      using.map(async (incident) => {
        const path = `/v1/reviews?author=averment:anchoring&incident=${incident}`;
        return (await desk.read(desk.reviewer, path)).items as Item[];
      }),
    );
    return found.flat().length === using.length ? found.flat() : null;
  });
  for (const { incidentId, edit } of proposed) await desk.approve(`/v1/incidents/${incidentId}/edits/${edit}`);

  const anchored: Anchored = { quotations: 0, stand: 0, changed: 0, gone: 0, edits: proposed.length, kept: [] };
  const now = ((await desk.read(desk.contributor, `/v1/sources/${source}/text`)) as { text: string }).text;
  for (const id of using) {
    const was = new Map(quotesIn(before.get(id) as Document, source).map((quote) => [`${quote.claim} ${quote.n}`, quote]));
    for (const quote of quotesIn(await desk.documentOf(id), source)) {
      anchored.quotations += 1;
      const same = was.get(`${quote.claim} ${quote.n}`)?.exact === quote.exact;
      if (quote.revision === 2 && !now.includes(quote.exact)) anchored.kept.push(quote.exact);
      if (quote.flags.includes('quote_gone')) anchored.gone += 1;
      else if (same) anchored.stand += 1;
      else anchored.changed += 1;
    }
    const past = await desk.documentOf(id, desk.anyone, `?asOfRevision=${before.get(id)?.revision}`);
    if (quotesIn(past, source).some(({ revision }) => revision !== 1)) anchored.kept.push('the past');
  }
  return anchored;
};

const responded = (speaker: string, statement: string, citations: object[]): Json => ({
  aspect: 'response',
  value: { kind: 'text', value: 'a response' },
  statement,
  speaker,
  capacity: 'eyewitness',
  stance: 'asserts',
  citations,
});
const said = (source: string, exact: string) => ({ source, quote: { exact } });
const heard = 'A person on the pavement said that the office had answered within the hour.';
const written = 'The office wrote that it had answered within the hour and would say no more.';

/** A filing in a PDF and captions of a film become sources; what is quoted of them has its page and its times. */
export const importBoth = async ({
  incidents,
  article,
  desk,
}: Story): Promise<{ page: number | null; from: number | null; to: number | null }[]> => {
  const [incident = ''] = incidents;
  const named = { language: 'en', publisher: `Office of the ${article.name}` };
  const pages = [written, heard].map((words) => `BT /F 10 Tf 50 700 Td (${words}) Tj ET`);
  const paper = await desk.bring(writtenPdf(pages), 'application/pdf', {
    ...named,
    title: `A filing on the ${article.name}`,
    kind: 'court_filing',
  });
  const film = await desk.bring(`WEBVTT\n\n00:01.000 --> 00:04.500\n${heard}\n`, 'text/vtt', {
    ...named,
    title: `A film of the ${article.name}`,
  });
  const { id } = await desk.send('/v1/parties', { kind: 'described_role', name: `a person on the pavement of the ${article.name}` });
  const quotes = [said(paper, 'the office had answered within the hour'), said(film, 'the office had answered within the hour')];
  const claim = responded(String(id), 'A person on the pavement says that the office answered within the hour.', quotes);
  await desk.edit(`/v1/incidents/${incident}`, [{ kind: 'add_claim', claim }]);
  const added = (await desk.documentOf(incident)).claims.find(({ speaker }) => speaker === id);
  return (added?.citations ?? []).map(({ page, from, to }) => ({ page, from, to }));
};

/** One office registered twice speaks with two voices; merged with one; un-merged with two again. */
export const mergeParties = async ({ incidents, source, article, desk }: Story): Promise<number[]> => {
  const [incident = ''] = incidents;
  const { text } = (await desk.read(desk.contributor, `/v1/sources/${source}/text`)) as { text: string };
  const quote = { ...said(source, text.slice(0, text.indexOf('.') + 1)), revision: 2 };
  const ids: string[] = [];
  for (const name of [`Coroner of the county of ${article.name}`, `Office of the coroner, ${article.name} county`])
    ids.push(String((await desk.send('/v1/parties', { kind: 'agency', name })).id));
  const about = String((await desk.send('/v1/parties', { kind: 'described_role', name: `the matter of the ${article.name}` })).id);
  const claims = ids.map((id) => ({
    ...responded(id, 'The coroner says that the office responded.', [quote]),
    about,
    capacity: 'spokesperson',
  }));
  await desk.edit(
    `/v1/incidents/${incident}`,
    claims.map((claim) => ({ kind: 'add_claim', claim })),
  );
  const voices = async () => (await desk.documentOf(incident)).aspects.find((aspect) => aspect.about === about)?.voices ?? 0;
  const counts = [await voices()];
  for (const change of [
    { kind: 'merge_party', into: ids[0], reason: 'One office.' },
    { kind: 'unmerge_party', reason: 'They are two.' },
  ]) {
    await desk.edit(`/v1/parties/${ids[1]}`, [change]);
    counts.push(await until(async () => ((await voices()) === counts.at(-1) ? null : voices())));
  }
  return counts;
};

/** A child's name is refused in a title, and nobody reads it without a key in a quote or in a source's title. */
export const protect = async ({
  incidents,
  article,
  desk,
}: Story): Promise<{ refused: unknown; open: string; whole: string; withheld: unknown }> => {
  const [incident = ''] = incidents;
  const child = 'Ulla Vane-Hart';
  const { id } = await desk.send('/v1/parties', { kind: 'person', name: child, aliases: [], private: true });
  const exact = `The parents of ${child} asked the office to respond.`;
  const source = await desk.send('/v1/sources', {
    kind: 'article',
    publisher: 'A newspaper',
    title: `What became of ${child}, after the ${article.name}`,
    language: 'en',
    text: `${exact} The office responded on the day of the ${article.name}.`,
  });
  const claim = responded(String(id), 'A child says that the office responded.', [said(String(source.id), exact)]);
  await desk.edit(`/v1/incidents/${incident}`, [{ kind: 'add_claim', claim }]);
  const { revision } = await desk.documentOf(incident);
  const change = {
    kind: 'correct_incident',
    set: { title: `What ${child} saw` },
    reason: 'It did not say who.',
    citations: [said(String(source.id), exact)],
  };
  const refused = await desk.contributor.send('POST', `/v1/incidents/${incident}/edits`, {
    baseRevision: revision,
    rationale: 'Clearer.',
    changes: [change],
  });
  const paths = [`/v1/incidents/${incident}`, `/v1/incidents/${incident}/events?limit=500`, `/v1/sources/${source.id}`];
  const read = async (reader: Client) => (await Promise.all(paths.map(async (path) => (await reader.get(path)).text))).join('\n');
  const shown = await desk.read(desk.anyone, `/v1/sources/${source.id}`);
  return {
    refused: { status: refused.status, type: refused.body.type },
    open: await read(desk.anyone),
    whole: await read(desk.auditor),
    withheld: shown.title,
  };
};

/** An erasure of words is asked for and refused, asked for again, approved by two and carried out. Answers where the words are read before and after. */
export const erase = async ({
  incidents,
  article,
  desk,
}: Story): Promise<{ refused: unknown; places: number; before: string[]; after: string[]; done: Json }> => {
  const [incident = ''] = incidents;
  const words = `canary-${randomUUID()}`;
  const source = await desk.send('/v1/sources', {
    kind: 'article',
    publisher: 'A newspaper',
    title: `A last word on the ${article.name}`,
    language: 'en',
    text: `The office responded with ${words} and closed its doors.`,
  });
  const { id } = await desk.send('/v1/parties', { kind: 'described_role', name: `a clerk of the ${article.name}` });
  const claim = responded(String(id), `A clerk says that the office responded with ${words}.`, [
    said(String(source.id), `responded with ${words}`),
  ]);
  await desk.edit(`/v1/incidents/${incident}`, [{ kind: 'add_claim', claim }]);

  const request = async () =>
    String((await desk.send('/v1/erasures', { targets: [{ value: words }], ground: 'personal_data', reason: `It says ${words}.` })).id);
  const looked = (erasure: string) =>
    until(async () => {
      const found = await desk.read(desk.admin, `/v1/erasures/${erasure}`);
      return found.state === 'open' ? found : null;
    });
  const decide = async (by: Client, erasure: string, decision: string) =>
    expectStatus(await by.send('POST', `/v1/erasures/${erasure}/decision`, { decision, reason: 'The clerk wrote to us.' }), 200);
  const first = await request();
  await looked(first);
  const refused = await decide(desk.reviewer, first, 'reject');
  const paths = [
    `/v1/incidents/${incident}`,
    `/v1/incidents/${incident}?asOf=${encodeURIComponent(new Date().toISOString())}`,
    `/v1/incidents/${incident}/events?limit=500`,
    `/v1/incidents/${incident}/edits`,
    `/v1/sources/${source.id}/text`,
    `/v1/claims?speaker=${id}`,
    `/v1/incidents?q=${words}`,
    `/v1/events?after=${BigInt(String(source.position)) - 1n}&limit=500`,
    '/v1/erasures',
  ];
  const readIn = async () => {
    const answers = await Promise.all(paths.map(async (path) => JSON.stringify(await desk.read(desk.auditor, path)).includes(words)));
    const found = (await desk.read(desk.auditor, `/v1/incidents?q=${words}`)).items as unknown[];
    return paths.filter((path, index) => (path.includes('q=') ? found.length > 0 : answers[index]));
  };
  const before = await readIn();
  const second = await request();
  const { places } = await looked(second);
  await decide(desk.reviewer, second, 'approve');
  await decide(desk.admin, second, 'approve');
  const done = await until(async () => {
    const found = await desk.read(desk.admin, `/v1/erasures/${second}`);
    return found.state === 'done' ? found : null;
  });
  return { refused: refused.state, places: Number(places), before, after: await readIn(), done };
};
