import './alone.ts';
import { type Outcome, Refused } from './extracted.ts';
import type { Asked } from './read.ts';

/** The process that reads one document: it answers its parent's first message, and waits for its end. It may read its own programs, and nothing else. */

const outcomeOf = async (asked: Asked): Promise<Outcome> => {
  try {
    const { read } = await import('./read.ts');
    return { ok: true, extracted: await read(asked) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, code: error.code, message: error.message };
    // A library that fails on a document is not ours to mend while it is read: the document is what it could not take.
    return { ok: false, code: 'broken', message: `it cannot be read (${error instanceof Error ? error.name : 'not an error'})` };
  }
};

process.once('message', async (asked) => {
  process.send?.(await outcomeOf(asked as Asked));
});
