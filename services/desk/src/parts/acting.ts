import { Refused } from '../answers.ts';
import type { Form, Onward, Page } from '../page.ts';
import { type Wrong, wrongOf } from './form.ts';

/** What the API refuses a form, as far as whoever wrote it can do something about it. */
const isTheirs = ({ status }: Refused): boolean => status >= 400 && status < 500 && status !== 401;

/** The field that has what stands at a pointer of the request: the first name in it, unless `names` says otherwise. */
const fieldIn = (names: Readonly<Record<string, string>>) => (pointer: string) => {
  const [, first = ''] = pointer.split('/');
  return names[pointer] ?? names[first] ?? (first === 'query' || first === 'header' ? null : first);
};

/** Does what a form asks for; what is refused is told by the form itself, shown again by `again` with all that was written. */
export const orAgain = async (
  act: () => Promise<Page | Onward>,
  again: (wrong: Wrong) => Promise<Page>,
  names: Readonly<Record<string, string>> = {},
): Promise<Page | Onward> => {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refused) || !isTheirs(error)) throw error;
    const page = await again(wrongOf(error.problem, fieldIn(names)));
    return { ...page, status: error.status === 409 ? 409 : 422, scripts: ['wrong'] };
  }
};

/** The header by which a form counts once, from its hidden field. */
export const once = (form: Form) => ({ 'Idempotency-Key': form.text('idempotencyKey') });
