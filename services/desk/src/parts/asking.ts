import { Refused } from '../answers.ts';
import { type Wrong, wrongOf } from './form.ts';

/** The answer to what a form asks by its address, or what of it cannot be asked, by the names of its fields. */
export const answerOrWrong = async <T>(asking: Promise<T>): Promise<{ answer: T } | { wrong: Wrong }> => {
  try {
    return { answer: await asking };
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 400) throw error;
    return { wrong: wrongOf(error.problem, (pointer) => /^\/query\/(\w+)$/.exec(pointer)?.[1] ?? null) };
  }
};
