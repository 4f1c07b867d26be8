import type { Page } from 'playwright-core';
import t from 'tap';
import { submit } from '../desk/proposing.ts';
import { client, expectStatus, type Json } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { reflow } from './accessible.ts';
import { browserMissing, openBrowser, visitor } from './browser.ts';

/** Texts that want to be more than texts, in all that a person can write: each page that shows them shows them, and nothing else. */

const breaks = [
  `"'><img src=x onerror="window.hostile=1">`,
  '</textarea></title></script><script>window.hostile=1</script>',
  '<svg onload="window.hostile=1">',
  '{{7*7}}<%= 7*7 %>',
  '<!--',
];
/** `what` it is, what would break out of each place, letters of several directions, and a word that never ends. */
const hostile = (what: string): string => `${what} ${breaks.join(' ')} 💥 שלום اسم ${'w'.repeat(110)}`;
const short = (what: string): string => `${what} ${breaks[0]} اسم ${'w'.repeat(60)}`;
const hidden = '\u202Ehidden\u202C\u200B';

t.test('hostile texts in a browser', { skip: browserMissing }, async (t) => {
  const { url, keys } = await startServer(t);
  const [contributor, reviewer, second] = [keys.contributor, keys.reviewer, keys.reviewer2].map((key) => client(url, key)) as [
    Client,
    Client,
    Client,
  ];
  const made = async (path: string, body: object) => String(expectStatus(await contributor.send('POST', path, body), 201).id);
  const quoted = 'drifting away, they say';
  const text = `${hostile('Text')} ${hidden} ${quoted} </textarea> ${hostile('More')}`;
  const sent = {
    kind: 'article',
    title: hostile('Title'),
    publisher: short('Publisher'),
    authors: [short('Author')],
    language: 'en',
    text,
  };
  for (const scheme of ['javascript:window.hostile=1', 'data:text/html,<script>window.hostile=1</script>', ' javascript:window.hostile=1'])
    for (const member of ['url', 'archiveUrl', 'originalUrl'])
      t.equal((await contributor.send('POST', '/v1/sources', { ...sent, [member]: scheme })).status, 422, `${member} ${scheme}`);
  const where = {
    url: `https://hostile.example/"'><script>window.hostile=1</script>${'w'.repeat(300)}`,
    archiveUrl: 'https://hostile.example/#javascript:1',
  };
  const source = await made('/v1/sources', { ...sent, ...where });
  const agency = await made('/v1/parties', { kind: 'agency', name: short('Agency'), aliases: [short('Alias')] });
  const witness = await made('/v1/parties', { kind: 'described_role', name: short('Witness') });
  const citations = [{ source, quote: { exact: quoted } }];
  const claim = { speaker: witness, capacity: 'eyewitness', stance: 'asserts', citations };
  const proposal = {
    title: hostile('Incident').slice(0, 200),
    occurred: { date: '2026-04-06', dateText: short('When'), timeZone: 'Europe/London' },
    place: { text: short('Place'), locality: short('Town'), country: 'GB', precision: 'locality', point: { lat: 51.5, lon: -0.1 } },
    agencies: [agency],
    claims: [
      {
        ...claim,
        aspect: 'intent',
        value: { kind: 'text', value: short('Value'), alternatives: [short('Other')] },
        about: witness,
        statement: hostile('Statement'),
      },
      { ...claim, aspect: 'vehicle_motion', value: { kind: 'boolean', value: true }, statement: hostile('Motion') },
    ],
    rationale: hostile('Rationale'),
  };
  /** An edit as it is after all that was written of it. */
  const editNow = async (path: string, position: unknown): Promise<Json> =>
    expectStatus(await reviewer.get(`${path}?minPosition=${position}`), 200);
  /** Sends decisions until the edit waits for none. */
  const decide = async (path: string, after: unknown, decision: string): Promise<void> => {
    let position = after;
    for (const by of [reviewer, second]) {
      const { etag, state } = await editNow(path, position);
      if (state !== 'submitted') return;
      const vote = { decision, reason: hostile('Reason'), ...(decision === 'approve' && { despiteComments: hostile('Despite') }) };
      position = expectStatus(await by.send('POST', `${path}/decision`, vote, { 'if-match': String(etag) }), 200).position;
    }
    await editNow(path, position);
  };
  const incident = String((await submit(contributor, '/v1/incidents', proposal)).incidentId);
  const edits = `/v1/incidents/${incident}/edits`;
  const { position } = expectStatus(await reviewer.send('POST', `${edits}/1/comments`, { text: hostile('Comment') }), 201);
  await decide(`${edits}/1`, position, 'approve');
  const { claims } = expectStatus(await contributor.get(`/v1/incidents/${incident}`), 200) as { claims: Json[] };
  const disputed = String(claims[0]?.id);
  const dispute = {
    kind: 'dispute_claim',
    claim: disputed,
    by: agency,
    capacity: 'spokesperson',
    basis: 'stated',
    grounds: hostile('Grounds'),
    citations,
  };
  const correction = {
    kind: 'correct_claim',
    claim: claims[1]?.id,
    basis: 'editorial',
    set: { statement: hostile('Corrected') },
    reason: hostile('Why'),
    citations,
  };
  const change = async (changes: object[], decision: string) => {
    const { revision: baseRevision } = expectStatus(await contributor.get(`/v1/incidents/${incident}`), 200);
    const { edit, position } = await submit(contributor, edits, { baseRevision, changes, rationale: hostile('Rationale') });
    await decide(`${edits}/${edit}`, position, decision);
  };
  await change([dispute, correction], 'approve');
  await change([{ kind: 'retract_claim', claim: disputed, reason: hostile('Retracted') }], 'request_changes');
  expectStatus(
    await client(url, null).send('POST', '/v1/tips', { about: { incident }, text: hostile('Tip'), contact: short('Contact') }),
    201,
  );
  expectStatus(
    await reviewer.send('PUT', `/v1/reviews/views/${encodeURIComponent(short('View').slice(0, 60))}`, { filters: { q: short('Filter') } }),
    201,
  );

  const browser = await openBrowser(t);
  const q = encodeURIComponent(hostile('q'));
  const every = [
    'q',
    'cursor',
    'from',
    'to',
    'asOf',
    'speaker',
    'agency',
    'value',
    'region',
    'locality',
    'bbox',
    'sort',
    'status',
    'step',
    'view',
    'state',
    'did',
    'back',
    'about',
    'pointer',
    'revision',
    'draft',
    'kind',
  ]
    .map((name) => `${name}=${q}`)
    .join('&');
  const one = `/incidents/${incident}`;
  const of = `source=${source}&incident=${incident}`;
  const pages: readonly (readonly [string | undefined, readonly string[]])[] = [
    [
      undefined,
      [
        ...[
          '/',
          one,
          `${one}/past`,
          `${one}/past?step=1`,
          `${one}/diff`,
          `${one}/history`,
          `${one}/events/1`,
          `${one}/explain?pointer=/title`,
        ],
        ...[
          `/incidents?q=Incident`,
          `/incidents?q=${q}`,
          `/sources`,
          `/sources/${source}`,
          '/parties',
          `/parties/${agency}`,
          `/parties/${witness}`,
        ],
        ...['/corrections', '/takedowns', `/tips/new?incident=${incident}`, '/about', `/${q}`],
        ...[
          '/',
          '/incidents',
          one,
          `${one}/past`,
          `${one}/diff`,
          `${one}/explain`,
          '/sources',
          '/parties',
          '/tips/new',
          '/sign-in',
          '/corrections',
        ].map((path) => `${path}?${every}`),
      ],
    ],
    [
      keys.reviewer,
      [
        ...[
          '/desk',
          '/desk/queue',
          '/desk/queue?state=applied',
          `/desk/queue?q=${q}`,
          `/desk/queue?${every}`,
          '/desk/tips?state=all',
          '/desk/statistics',
        ],
        ...[1, 2, 3].map((edit) => `/desk/edits/${incident}/${edit}`),
        ...[`/sources/${source}/text`, `/sources/${source}`, `/desk/edits/${incident}/1?${every}`],
      ],
    ],
    [
      keys.contributor,
      [
        ...[
          '/desk',
          '/desk/me',
          `/desk/contribute?source=${source}`,
          `/desk/contribute/incident?${of}&q=Incident`,
          `/desk/contribute/claims?${of}`,
        ],
        ...[`/desk/contribute/change?${of}&kind=correct_claim&claim=${disputed}`, `/desk/contribute/change?${of}&kind=correct_incident`],
        ...[`/desk/contribute/edits/${incident}/3`, `/desk/contribute?${every}`, `/desk/contribute/edits/${incident}/3/sent?${every}`],
      ],
    ],
    [keys.auditor, ['/desk/audit', `/desk/audit/${incident}`, `/desk/audit/${incident}/1`, `/desk/audit/${incident}/2`]],
    [
      keys.admin,
      [
        '/desk/admin',
        `/desk/admin/keys?${every}`,
        `/desk/admin/people?subject=${q}`,
        `/desk/admin/policy?${every}`,
        '/desk/admin/parked',
        `/desk/erasures?of=${q}`,
      ],
    ],
  ];
  for (const [key, paths] of pages) {
    const { page, faults } = await visitor(browser, { url: `${url}/about`, ...(key !== undefined && { key }) });
    const dialogs = watchDialogs(page);
    for (const path of paths) {
      const answer = await page.goto(`${url}${path}`);
      t.ok((answer?.status() ?? 0) < 500, `${path.slice(0, 120)}: ${answer?.status()}`);
      t.same(await ranIn(page), [], path.slice(0, 120));
      t.same(await reflow(page), [], `${path.slice(0, 120)} where it is narrow`);
    }
    t.same(dialogs, []);
    t.same(faults(), []);
  }
  const { page } = await visitor(browser, { url: `${url}${one}` });
  for (const words of ['Incident', 'Statement', 'Corrected', 'Grounds', 'Agency'])
    t.match(await page.getByRole('main').textContent(), `${words} ${breaks[0]}`, 'all of it is shown as it is');
  const { page: read } = await visitor(browser, { url: `${url}/sources/${source}/text`, key: keys.reviewer });
  t.match(await read.getByRole('main').textContent(), '[U+202E]hidden[U+202C][U+200B]', 'and what nobody would see is written out');
});

type Client = ReturnType<typeof client>;

/** Each dialog that opens, by its message. */
const watchDialogs = (page: Page): string[] => {
  const opened: string[] = [];
  page.on('dialog', (dialog) => {
    opened.push(dialog.message());
    void dialog.dismiss();
  });
  return opened;
};

/** What of a text has become more than text. */
const ranIn = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const active = document.querySelectorAll(
      '[onerror], [onload], img[src="x"], iframe, object, embed, base, script:not([src]):not([type="application/ld+json"])',
    );
    const links = [...document.querySelectorAll<HTMLAnchorElement>('a[href], form[action]')].map(
      (one) => one.getAttribute('href') ?? one.getAttribute('action') ?? '',
    );
    const data = [...document.querySelectorAll('script[type="application/ld+json"]')].filter(({ textContent }) => {
      try {
        return typeof JSON.parse(textContent ?? '') !== 'object';
      } catch {
        return true;
      }
    });
    return [
      ...('hostile' in window ? ['it ran'] : []),
      ...[...active].map((one) => one.outerHTML.slice(0, 100)),
      ...data.map(() => 'data that cannot be read'),
      ...links.filter((href) => !/^(?:\/(?!\/)|#|\?|https?:\/\/)/.test(href) && href !== ''),
    ];
  });
