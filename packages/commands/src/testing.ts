import { standardVocabulary, tagCases } from '@averment/domain';
import { caseKeyOf, createLogger, systemClock, systemRandom } from '@averment/platform';
import { type CommandOptions, createCommands } from './index.ts';
import { createMemoryLeases } from './leases/memory.ts';

export { createMemoryLeases } from './leases/memory.ts';

/** The server key of tests, and the tags of cases under it. */
export const serverKey = Buffer.alloc(32, 7);
export const tagCase = tagCases(caseKeyOf(serverKey));

// Made once: a simulation has a thousand processes.
const quiet = createLogger({ level: 'silent', name: 'test' });

/** The commands without a database, on a log in memory: no model finds anything, nothing is limited. `more` is what a test wants otherwise. */
export const testCommands = ({ clock = systemClock, ...more }: Pick<CommandOptions, 'log'> & Partial<CommandOptions>) =>
  createCommands({
    leases: createMemoryLeases(clock),
    clock,
    random: systemRandom,
    serverKey,
    vocabulary: standardVocabulary,
    tagCase,
    findSource: async () => null,
    findLookAlikes: async () => [],
    findPrivate: async () => [],
    findReviewed: async () => new Map(),
    findQuotes: async () => new Map(),
    findTally: async () => ({ applied: 0, rejected: 0 }),
    findCandidates: async () => [],
    reviewLease: 60_000,
    logger: quiet,
    onAppended: () => undefined,
    ...more,
  });
