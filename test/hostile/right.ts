import { codeVersions } from '@averment/domain';
import type { Basics, Reviewed, Stock } from './world.ts';

/** What the service takes: bodies that are right in every part, to be sent as they are or spoiled. */

type Body = Record<string, unknown>;

/** The id of no comment. */
export const noComment = 'comment_01h455vb4pex5vsknk084sn02q';
const handover = { to: 'contributor2', reason: 'Its author has left.' };
const splitting = { changes: [0], reason: 'One at a time.' };
const reopening = { reason: 'It was right.' };
const comment = { text: 'Who says so?', change: 0, inReplyTo: null };

export const article = {
  kind: 'article',
  url: null,
  publisher: 'The Pier',
  title: 'Shots at the harbour',
  authors: ['A reporter'],
  publishedAt: '2026-01-14',
  language: 'en',
  translation: null,
  translatedFrom: null,
  originalUrl: null,
  translationOf: null,
  archiveUrl: null,
  accessedAt: null,
  text: 'The Harbour Police said that the car moved toward its officers. A witness said that the car stood still. Nobody else saw it.',
};

export const agency = {
  kind: 'agency',
  name: 'Harbour Police',
  aliases: ['HP'],
  private: false,
  publicRole: null,
  parent: null,
  identifiers: [],
};

/** The id of no key: those that there are stay as they are. */
export const noKey = 'key_01h455vb4pex5vsknk084sn02q';
export const noProposal = 'policy_01h455vb4pex5vsknk084sn02q';
export const noWebhook = 'webhook_01h455vb4pex5vsknk084sn02q';
export const noTip = 'tip_01h455vb4pex5vsknk084sn02q';
export const noRecusal = 'recusal_01h455vb4pex5vsknk084sn02q';
const parkedFilter = { projection: 'record', stream: 'incident-none', type: 'IncidentReported', error: 'word is too long', limit: 10 };

type Ids = Pick<Basics, 'source' | 'party'>;
const claimOf = ({ source, party }: Ids, more: Body = {}): Body => ({
  ref: 'c1',
  aspect: 'vehicle_motion',
  about: null,
  value: { kind: 'boolean', value: true },
  statement: 'The harbour police say that the car moved toward the officers.',
  lang: 'en',
  speaker: party,
  capacity: 'spokesperson',
  stance: 'asserts',
  onBehalfOf: null,
  via: [],
  rendering: 'paraphrase',
  ownReporting: false,
  saidAt: '2026-01-14',
  validAt: null,
  replaces: null,
  relatesTo: [],
  scope: null,
  flags: [],
  citations: [
    {
      source,
      revision: 1,
      quote: { exact: 'the car moved toward its officers', prefix: null, suffix: null },
      position: null,
      part: 'body',
    },
  ],
  ...more,
});

export const proposalOf = (ids: Ids, more: Body = {}): Body => ({
  title: 'Harbour police officer shoots at a car in Porto Novo',
  occurred: { date: '2026-01-14', dateText: null, time: '18:50', approximate: true, timeZone: 'America/Los_Angeles' },
  place: {
    text: 'The harbour of Porto Novo',
    locality: 'Porto Novo',
    region: 'US-WA',
    country: 'US',
    point: { lat: 47.6, lon: -122.3 },
    precision: 'locality',
  },
  agencies: [ids.party],
  claims: [claimOf(ids)],
  rationale: 'The first article on it.',
  ...more,
});

export const editOf = (baseRevision: number, changes: Body[]): Body => ({ baseRevision, rationale: 'As the source says.', changes });

export const addition = (ids: Ids): Body => ({
  kind: 'add_claim',
  claim: claimOf(ids, {
    ref: 'c2',
    value: { kind: 'boolean', value: false },
    statement: 'A witness says that the car stood still.',
    citations: [{ source: ids.source, quote: { exact: 'the car stood still' } }],
  }),
});

const sourced = ({ source }: Ids) => [{ source, quote: { exact: 'Nobody else saw it' } }];

/** A change of every kind, each of which the published incident takes by itself. */
const changesOf = (stock: Stock): Body[] => {
  const { claim, incident, person, party, dispute, proceeding, ruling, other } = stock;
  const citations = sourced(stock);
  const reason = 'As the source says.';
  return [
    addition(stock),
    { kind: 'add_claim', claim: claimOf(stock, { ref: 'c3', value: { kind: 'unknown' }, stance: 'cannot_confirm', about: person }) },
    {
      kind: 'add_claim',
      claim: claimOf(stock, {
        aspect: 'shots_fired',
        value: { kind: 'quantity', value: '3', unit: 'shot', comparator: 'at_least', upper: null },
        relatesTo: [{ claim, as: 'about' }],
        replaces: null,
      }),
    },
    { kind: 'add_claim', claim: claimOf(stock, { aspect: 'part_of', value: { kind: 'incident', value: incident } }) },
    { kind: 'add_citation', claim, citations },
    { kind: 'dispute_claim', ref: 'd1', claim, basis: 'stated', by: person, capacity: 'eyewitness', grounds: reason, citations },
    { kind: 'withdraw_dispute', dispute, reason },
    { kind: 'open_proceeding', ref: 'p1', type: 'review', title: 'A review', status: 'open', claims: [claim], citations },
    { kind: 'update_proceeding', proceeding, on: '2026-02-01', status: 'closed', note: reason, citations },
    {
      kind: 'record_ruling',
      ref: 'r1',
      court: null,
      decidedOn: '2026-02-20',
      finality: 'final',
      basis: 'report',
      summary: reason,
      citations,
      effects: [
        { claim, effect: 'not_established', citations },
        { proceeding, status: 'dismissed' },
        { ruling, effect: 'vacates' },
      ],
    },
    { kind: 'correct_incident', set: { title: 'Harbour police officer shoots at a car in Porto Velho' }, reason, citations },
    { kind: 'correct_claim', claim, set: { statement: 'The police say that it moved.', flags: [] }, carry: [], reason, citations },
    { kind: 'correct_claim', claim, set: { value: { kind: 'boolean', value: false } }, carry: [dispute, ruling], reason, citations },
    { kind: 'correct_entry', target: proceeding, set: { title: 'Another title' }, reason, citations },
    { kind: 'rank_claim', claim, rank: 'deprecated', reason },
    { kind: 'retract_claim', claim, reason },
    { kind: 'move_claim', claim, to: other, reason },
    { kind: 'reinstate_claim', claim, reason },
    { kind: 'retract_entry', target: dispute, reason, citations },
    { kind: 'reinstate_entry', target: dispute, reason },
    { kind: 'merge_incident', into: other, reason },
    { kind: 'unmerge_incident', reason },
    { kind: 'distinguish_incident', from: other, reason },
    { kind: 'undistinguish_incident', from: other, reason },
    { kind: 'retract_incident', replacedBy: other, reason, citations },
    { kind: 'reinstate_incident', reason },
    { kind: 'correct_change', target: claim, revision: 7, set: { reason: 'It was entered twice.' }, reason },
    { kind: 'correct_incident', set: { agencies: [party, party] }, reason, citations },
  ];
};

/** An edit that puts one of everything into the record that is no claim. */
export const entriesOf = (stock: Basics): Body[] => {
  const citations = sourced(stock);
  const { claim, person } = stock;
  return [
    { kind: 'dispute_claim', ref: 'd1', claim, basis: 'stated', by: person, capacity: 'eyewitness', grounds: 'It stood still.', citations },
    { kind: 'open_proceeding', ref: 'p1', type: 'charge', title: 'A charge', status: 'open', claims: [claim], citations },
    {
      kind: 'record_ruling',
      ref: 'r1',
      court: null,
      decidedOn: '2026-01-20',
      finality: 'provisional',
      basis: 'report',
      summary: 'The charge was dismissed.',
      citations,
      effects: [{ proceeding: 'p1', status: 'dismissed' }],
    },
  ];
};

/** An edit that the published incident, the source or the party takes after any other. */
export const rightEdit = (stock: Stock, what: Reviewed, base: number): Body => {
  if (what === 'incidents') return editOf(base, [addition(stock)]);
  return editOf(base, [correctionOf(what === 'sources' ? 'source' : 'party', stock)]);
};

/** Bodies that an operation takes, several for those that take many shapes. */
export const rightBodies = (stock: Stock, operation: string): Body[] => {
  const edits = () => {
    const changes = changesOf(stock);
    const some = [changes.slice(4, 6), changes.slice(0, 12)];
    return [...changes.map((change) => [change]), ...some].map((each) => editOf(stock.revision, each));
  };
  switch (operation) {
    case 'submitEdit':
    case 'reviseEdit':
      return edits();
    case 'submitSourceEdit':
    case 'reviseSourceEdit':
      return registerChangesOf('source', stock).map((each) => editOf(stock.versions.sources, each));
    case 'submitPartyEdit':
    case 'revisePartyEdit':
      return registerChangesOf('party', stock).map((each) => editOf(stock.versions.parties, each));
    case 'decideEdit':
    case 'decideSourceEdit':
    case 'decidePartyEdit':
      return ['approve', 'approve', 'reject', 'request_changes'].map((decision) => ({ decision, reason: 'Checked.' }));
    case 'registerParty':
      return [agency, { kind: 'person', name: 'the driver of the car' }, { ...agency, kind: 'court', parent: stock.party }];
    case 'requestErasure':
      return erasuresOf(stock);
    case 'decideErasure':
      return ['approve', 'approve', 'reject'].map((decision) => ({ decision, reason: 'I looked at it.' }));
    case 'takeLease':
    case 'takeSourceLease':
    case 'takePartyLease':
      return [{}, { break: false, reason: null }, { break: true, reason: 'Too long.' }];
    default:
      return [rightRequests(stock)[operation]?.body ?? {}];
  }
};

/** Requests to erase, to keep from sight and to show again, by places and by words. */
const erasuresOf = ({ incident, source, party, person }: Stock): Body[] => {
  const targets: Body[][] = [
    [{ incident, revision: null }],
    [{ incident, revision: 0, pointers: ['/rationale'] }],
    [{ source, revision: 1 }],
    [{ source, pointers: ['/title', '/authors'] }],
    [{ party, pointers: ['/name'] }, { party: person }],
  ];
  const asked = { ground: 'court_order', request: 'An order', reason: 'A court has ordered it.' };
  return [
    ...['erase', 'restrict', 'lift'].flatMap((kind) => targets.map((each) => ({ kind, targets: each, ...asked }))),
    { targets: [{ value: 'the car stood still' }, { value: 'Nobody at all' }], ...asked },
  ];
};

/** A change of a source or a party. */
const correctionOf = (what: 'source' | 'party', ids: Ids): Body => ({
  kind: `correct_${what}`,
  set:
    what === 'source'
      ? { title: 'Shots at the old harbour', publishedAt: '2026-01-15' }
      : { name: 'Harbor Police', parent: null, identifiers: [{ scheme: 'ori', value: 'WA0170000' }] },
  reason: 'As the source says.',
  citations: sourced(ids),
});
/** The changes of a source or a party, of every kind. */
const registerChangesOf = (what: 'source' | 'party', stock: Stock): Body[][] => {
  const correction = correctionOf(what, stock);
  const reason = 'As the source says.';
  if (what === 'party')
    return [
      [correction],
      [{ kind: 'rename_party', name: 'Harbor Guard', from: '2003', until: null, reason }],
      [{ kind: 'set_privacy', private: true, publicRole: null, reason }],
      [{ kind: 'merge_party', into: stock.person, reason }],
      [{ kind: 'unmerge_party', reason }],
    ];
  const revision = { kind: 'revise_text', text: `${article.text} It was corrected.`, why: 'corrected_by_publisher', citations: [] };
  return [[correction], [revision], [correction, revision], [{ kind: 'withdraw_source', reason }]];
};
/** The edit of a source or party that waits: `word` stands in the names of its operations. */
const registerRequests = (word: 'Source' | 'Party', path: string, ifMatch: string, change: Body): ReturnType<typeof rightRequests> => {
  const open = `${path}/edits/1`;
  const body = editOf(1, [change]);
  return {
    [`submit${word}Edit`]: { target: `${path}/edits`, body },
    [`revise${word}Edit`]: { target: open, body, ifMatch },
    [`decide${word}Edit`]: { target: `${open}/decision`, body: { decision: 'request_changes', reason: 'Please say where.' }, ifMatch },
    [`withdraw${word}Vote`]: { target: `${open}/decision`, body: { reason: 'Too soon.' }, ifMatch },
    [`withdraw${word}Edit`]: { target: `${open}/withdraw`, body: { reason: 'Not needed.' } },
    [`rebase${word}Edit`]: { target: `${open}/rebase`, ifMatch },
    [`handOver${word}Edit`]: { target: `${open}/handover`, body: handover, ifMatch },
    [`reopen${word}Edit`]: { target: `${open}/reopen`, body: reopening, ifMatch },
    [`split${word}Edit`]: { target: `${open}/split`, body: splitting, ifMatch },
    [`comment${word}Edit`]: { target: `${open}/comments`, body: comment },
    [`resolve${word}Comment`]: { target: `${open}/comments/${noComment}/resolve` },
    [`take${word}Lease`]: { target: `${open}/lease`, body: { break: false, reason: null } },
  };
};

/** A body that each operation takes, and the target for it; operations without a body have none. */
export const rightRequests = (world: Basics): Record<string, { target: string; body?: Body; ifMatch?: string }> => {
  const open = `/v1/incidents/${world.incident}/edits/2`;
  return {
    registerSource: { target: '/v1/sources', body: article },
    // Of JSON it takes none.
    importSource: { target: '/v1/sources/import?language=en' },
    registerParty: { target: '/v1/parties', body: agency },
    proposeIncident: { target: '/v1/incidents', body: proposalOf(world) },
    submitEdit: { target: `/v1/incidents/${world.incident}/edits`, body: editOf(world.revision, [addition(world)]) },
    reviseEdit: { target: open, body: editOf(world.revision, [addition(world)]), ifMatch: world.etags.open },
    decideEdit: {
      target: `${open}/decision`,
      body: { decision: 'request_changes', reason: 'Please say where.' },
      ifMatch: world.etags.open,
    },
    withdrawVote: { target: `${open}/decision`, body: { reason: 'Too soon.' }, ifMatch: world.etags.open },
    withdrawEdit: { target: `${open}/withdraw`, body: { reason: 'Not needed.' } },
    commentEdit: { target: `${open}/comments`, body: comment },
    resolveComment: { target: `${open}/comments/${noComment}/resolve` },
    revertEdit: { target: `${open}/revert`, body: { reason: 'It was a mistake.' } },
    rebaseEdit: { target: `${open}/rebase`, ifMatch: world.etags.open },
    handOverEdit: { target: `${open}/handover`, body: handover, ifMatch: world.etags.open },
    reopenEdit: { target: `${open}/reopen`, body: reopening, ifMatch: world.etags.open },
    splitEdit: { target: `${open}/split`, body: splitting, ifMatch: world.etags.open },
    takeLease: { target: `${open}/lease`, body: { break: false, reason: null } },
    ...registerRequests('Source', `/v1/sources/${world.source}`, world.etags.source, correctionOf('source', world)),
    ...registerRequests('Party', `/v1/parties/${world.party}`, world.etags.party, correctionOf('party', world)),
    requestErasure: {
      target: '/v1/erasures',
      body: {
        kind: 'erase',
        targets: [{ party: world.party, pointers: ['/name'] }],
        ground: 'personal_data',
        request: 'A letter',
        reason: 'It names somebody.',
      },
    },
    decideErasure: { target: `/v1/erasures/${world.erasure}/decision`, body: { decision: 'reject', reason: 'It names nobody.' } },
    takeNextReview: { target: '/v1/reviews/next', body: { filters: { priority: 'normal' } } },
    saveView: { target: '/v1/reviews/views/mine', body: { filters: { region: 'US-WA', decidable: true } } },
    createKey: {
      target: '/v1/keys',
      body: { subject: 'somebody', role: 'app', kind: 'machine', name: 'A reader', expiresAt: '2999-01-01T00:00:00Z' },
    },
    declareRecusal: { target: '/v1/recusals', body: { party: world.party, reason: 'A relative works there.' } },
    endRecusal: { target: `/v1/recusals/${noRecusal}`, body: { reason: 'That was long ago.' } },
    proposePolicy: {
      target: '/v1/policy/proposals',
      body: { rules: { ...(codeVersions.at(-1)?.rules ?? {}), openEdits: 20 }, reason: 'We learned that from an error.' },
    },
    tryPolicy: { target: '/v1/policy/dry-run', body: { rules: { ...(codeVersions.at(-1)?.rules ?? {}), openEdits: 20 } } },
    approvePolicy: { target: `/v1/policy/proposals/${noProposal}/approve` },
    rejectPolicy: { target: `/v1/policy/proposals/${noProposal}/reject`, body: { reason: 'It asks too much.' } },
    createWebhook: {
      target: '/v1/webhooks',
      body: {
        url: 'https://newsroom.invalid/averment',
        filters: { types: ['ClaimAdded', 'TextErased'], incident: world.incident, agency: world.party, region: 'US-WA' },
      },
    },
    rotateWebhookSecret: { target: `/v1/webhooks/${noWebhook}/rotate` },
    replayWebhook: { target: `/v1/webhooks/${noWebhook}/replay`, body: { from: '1' } },
    enableWebhook: { target: `/v1/webhooks/${noWebhook}/enable` },
    sendTip: { target: '/v1/tips', body: { about: { incident: world.incident }, text: 'The day is wrong.', contact: null } },
    takeTip: { target: `/v1/tips/${noTip}/take` },
    closeTip: { target: `/v1/tips/${noTip}/close`, body: { outcome: 'declined', note: 'It was so.' } },
    setPerson: { target: '/v1/people/somebody', body: { person: 'Somebody' } },
    rotateKey: { target: `/v1/keys/${noKey}/rotate` },
    confirmKey: { target: `/v1/keys/${noKey}/confirm` },
    retryParkedEvents: { target: '/v1/parked/retry', body: parkedFilter },
    skipParkedEvents: { target: '/v1/parked/skip', body: parkedFilter },
    retryParked: { target: '/v1/parked/1/retry' },
    skipParked: { target: '/v1/parked/1/skip' },
  };
};
