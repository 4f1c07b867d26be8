import { createSecretKey } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  type DomainEvent,
  evolveIncident,
  evolveParty,
  evolveSource,
  type Incident,
  initialIncident,
  initialParty,
  initialSource,
  type PublicShare,
  publicShare,
  reservationsUnder,
  type TagCase,
  type Vocabulary,
} from '@averment/domain';
import type { EventLog } from '@averment/event-log';
import { allOfRows, type Clock, inTurn, type Logger, type Migrations, type Random, reservationKeyOf } from '@averment/platform';
import { createReviewedOf } from './aggregates.ts';
import { createBringing } from './bringing.ts';
import { createCandidatesOf, type FindCandidates } from './candidates.ts';
import { commentCommands } from './comments.ts';
import { createDryRun } from './dry-run.ts';
import { editCommands } from './edits.ts';
import { erasureCommands } from './erasures.ts';
import { createExecute } from './execute.ts';
import { createFactReader, type FindQuotes, type FindReviewed } from './facts.ts';
import { createFolds, type StoredFold } from './folds.ts';
import { createIdentifiers } from './identifiers.ts';
import { identifying, requestOf } from './identity.ts';
import { leaseCommands } from './leases/commands.ts';
import type { Leases } from './leases/port.ts';
import { type FindTally, tallying } from './machines.ts';
import { createMaking } from './making.ts';
import { createReadPeople, peopleCommands } from './people.ts';
import { createReadPolicy, policyCommands } from './policy.ts';
import { createPrivateNames, type FindPrivate } from './private-names.ts';
import { type Quotas, unlimited } from './quotas.ts';
import { createReadRecused, recusalCommands } from './recusals.ts';
import { registerEditCommands } from './register-edits.ts';
import { createLookAlikes, createRegistering, type FindLookAlikes, type FindSource, registrationCommands } from './registering.ts';
import { createReservations } from './reservations.ts';
import { type MayWrite, reviewCommands } from './review.ts';
import { createSourceTexts } from './source-texts.ts';

export type { Commented } from './comments.ts';
export type { Submitted } from './edits.ts';
export type { ErasureDecided, ErasureRequested } from './erasures.ts';
export type { CommandCode, CommandError, CommandResult } from './errors.ts';
export { createFeedOperations, type FeedOperations, type Mended, type Skipped } from './feed.ts';
export { anchorer, createAnchoring } from './following/anchoring.ts';
export { type Carried, createErasing } from './following/erasures.ts';
export { createMerging } from './following/merges.ts';
export * from './following/noting.ts';
export { type Caller, identifying, type Sender } from './identity.ts';
export * from './keys.ts';
export type { Leased, Waiting } from './leases/commands.ts';
export { createPostgresLeases } from './leases/postgres.ts';
export type { PersonItem, PersonSet } from './people.ts';
export type { PolicyActed, PolicyItem, ProposalItem } from './policy.ts';
export { createQuotas, type QuotaOptions } from './quotas.ts';
export type { RecusalDeclared, RecusalItem } from './recusals.ts';
export { type RegisteredParty, type RegisteredSource, textSha256Of } from './registering.ts';
export type { Reused } from './reused.ts';
export type { Decided, HandedOver, Rebased, SplitInTwo } from './review.ts';
export { createTips, deleteTips, mostTips, type TipItem, type TipProgress, type TipState, type Tips } from './tips.ts';
export { createViews, mostViews, type View, type Views } from './views.ts';
export { createWritten, type Written } from './written.ts';

/** The schema `work`: leases, saved views, tips, what counts for quotas and how far subjects wrote, which are rows and not events. */
export const migrations: Migrations = {
  schema: 'work',
  dir: fileURLToPath(new URL('../migrations', import.meta.url)),
  api: { tables: { leases: allOfRows, views: allOfRows, tips: allOfRows, uploads: allOfRows, submitted: allOfRows, written: allOfRows } },
};

export type CommandOptions = {
  log: EventLog<DomainEvent>;
  leases: Leases;
  clock: Clock;
  random: Random;
  /** Authenticates the bodies of requests, so that a repeat is known from another request under the same key; names reservations. 32 bytes. */
  serverKey: Buffer;
  vocabulary: Vocabulary;
  tagCase: TagCase;
  findSource: FindSource;
  findLookAlikes: FindLookAlikes;
  findReviewed: FindReviewed;
  findPrivate: FindPrivate;
  findQuotes: FindQuotes;
  findTally: FindTally;
  findCandidates: FindCandidates;
  /** The fold of an incident that a model stores, if any; without it every incident is folded from its first event. */
  findFold?: (incident: string) => Promise<StoredFold<Incident> | null>;
  /** How long a lease lasts, in milliseconds. */
  reviewLease: number;
  logger: Logger;
  /** Called with the position of each append of this process: a hint for whoever follows the log. */
  onAppended: (position: bigint) => void;
  /** How much of each source's text the public may read by quotes; as the domain has it unless it is said. */
  share?: PublicShare;
  /** Whether a subject may write edits; anybody may unless it is said. */
  mayWrite?: MayWrite;
  /** What one subject may send; as much as it likes unless it is said. */
  quotas?: Quotas;
  /** How many events the folds in memory may hold together. */
  foldBudget?: number;
  /** How many UTF-16 units the source texts in memory may hold together. */
  textBudget?: number;
};

export type Commands = ReturnType<typeof createCommands>;

/** Every change that can be asked of the record, its review, sources and parties: load, decide, append. */
export const createCommands = (options: CommandOptions) => {
  const { log, clock, random, serverKey, vocabulary, findSource, findLookAlikes, findReviewed, findQuotes } = options;
  const { logger, onAppended, reviewLease } = options;
  const budget = options.foldBudget ?? 50_000;
  const part = Math.ceil(budget / 4);
  // Made once: from bytes Node makes it anew for every request, which takes five times as long as the HMAC itself.
  const key = createSecretKey(serverKey);
  const own = identifying({ random, serverKey });
  // Commands on one stream would only lose against one another: a wrong revision is left to commands of different processes.
  const serial = inTurn();
  const ofIncidents = { log, initial: initialIncident, evolve: evolveIncident, ...(options.findFold && { stored: options.findFold }) };
  const readPolicy = createReadPolicy({ log, vocabulary });
  const facts = createFactReader({
    log,
    vocabulary,
    readPolicy,
    findReviewed,
    findQuotes,
    others: createFolds({ ...ofIncidents, budget: part }),
    budget: part,
  });
  const execute = createExecute({ log, clock, serial, onAppended });
  const quotas = options.quotas ?? unlimited;
  const reservations = createReservations({
    log,
    clock,
    nameOf: reservationsUnder(reservationKeyOf(serverKey)),
    onAppended,
    budget: part,
  });
  const lookAlikesOf = createLookAlikes(findLookAlikes);
  const identifiers = createIdentifiers({ log, facts, reservations });
  const registering = createRegistering({ log, execute, facts, reservations, identifiers, findSource, lookAlikesOf, serial, quotas });
  const incidents = createFolds({ ...ofIncidents, budget });
  const privateNames = createPrivateNames({ log, facts, findPrivate: options.findPrivate });
  // As of incidents, not the folds that facts are read from.
  const sources = createFolds({ log, initial: initialSource, evolve: evolveSource, budget: part });
  const parties = createFolds({ log, initial: initialParty, evolve: evolveParty, budget: part });
  const tools = {
    log,
    logger,
    serial,
    execute,
    incidents,
    sources,
    parties,
    reviewedOf: createReviewedOf({ facts, incidents, sources, parties, identifiers, privateNames }),
    lookAlikesOf,
    candidatesOf: createCandidatesOf({ facts, vocabulary, findCandidates: options.findCandidates, logger }),
    identifiers,
    privateNames,
    facts,
    texts: createSourceTexts(log, options.textBudget ?? 16_000_000),
    leases: options.leases,
    share: options.share ?? publicShare,
    tagCase: options.tagCase,
    quotas,
    tallyOf: tallying(options.findTally),
    identify: own,
    readPeople: createReadPeople(log),
    readRecused: createReadRecused({ log, facts }),
    mayWrite: options.mayWrite ?? (async () => true),
    readPolicy,
    making: createMaking({ log, identify: own }),
    serverKey,
    registering,
    reservations,
    bring: createBringing({ log, facts, registering, findSource, requestOf: (body) => requestOf(body, key) }),
    duration: reviewLease,
    budget: part,
  };
  return {
    ...registrationCommands(tools),
    ...editCommands(tools),
    ...registerEditCommands(tools),
    ...reviewCommands(tools),
    ...leaseCommands(tools),
    ...commentCommands(tools),
    ...erasureCommands(tools),
    ...peopleCommands(tools),
    ...recusalCommands(tools),
    ...policyCommands(tools),
    dryRunPolicy: createDryRun({ facts }),
  };
};
