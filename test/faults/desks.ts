import { courseOf } from './courses.ts';
import { type Desk, edit, type Office, publish } from './work.ts';

/**
 * So many desks at once, each with one incident and so many edits of it. In the place of each third one stands a step of a course: what is done to sources,
 * parties and texts that have to go.
 */
export const workAtDesks = async (
  office: Omit<Office, 'name'>,
  { desks, edits }: { desks: number; edits: number },
  round = '',
): Promise<void> => {
  await Promise.all(
    Array.from({ length: desks }, async (_, n) => {
      const desk: Desk = { ...office, name: `desk ${round}${n}`, versions: new Map() };
      const course = courseOf(desk, n);
      const editing = await publish(desk, 'incident 0');
      for (let m = 0; m < edits; m += 1) {
        const step = m % 3 === 1 ? course.shift() : undefined;
        await (step ? step({ desk, editing, what: `step ${m}` }) : edit(desk, editing, `edit 0.${m}`));
      }
    }),
  );
};
