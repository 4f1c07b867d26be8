import { answerOf } from '@averment/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Opened, Session } from '../session.ts';
import { visibleIn } from '../visible.ts';
import { count, missing, whenOf, whereOf } from '../words.ts';

/** A whole number, of at least one. */
export const wholeNumber = (value: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('it is a whole number from 1 on');
  return Number(value);
};

/** The items of a list, page after page, as many as are asked for. */
export async function* itemsOf<T>(
  limit: number,
  page: (query: { limit: number; cursor?: string }) => Promise<{ items: T[]; next: string | null }>,
): AsyncGenerator<T> {
  let left = limit;
  let cursor: string | null = null;
  do {
    const { items, next }: { items: T[]; next: string | null } = await page({
      limit: Math.min(left, 500),
      ...(cursor !== null && { cursor }),
    });
    yield* items.slice(0, left);
    left -= items.length;
    cursor = next;
  } while (cursor !== null && left > 0);
}

type Sort = '-recordedAt' | 'recordedAt' | '-occurred' | 'occurred';
type Options = {
  from?: string;
  to?: string;
  region?: string;
  locality?: string;
  agency?: string;
  speaker?: string;
  aspect?: string;
  disputed?: true;
  ruling?: true;
  asOf?: string;
  sort?: Sort;
  limit: number;
  all?: true;
};

const list = async (session: Session, words: string[], { ruling, all, limit, ...filters }: Options): Promise<void> => {
  const query = { ...filters, ...(words.length > 0 && { q: words.join(' ') }), ...(ruling && { hasRuling: true }) };
  const items = itemsOf(all ? Number.POSITIVE_INFINITY : limit, (paging) =>
    answerOf(session.api.GET('/v1/incidents', { params: { query: { ...query, ...paging } } })),
  );
  for await (const item of items) {
    if (session.json) {
      session.document(item);
      continue;
    }
    const { id, title, occurred, place, counts } = visibleIn(item);
    session.line(`${id}  ${session.paint('bold', title ?? missing)}`);
    const counted = [
      count(counts.claims, 'claim'),
      ...(counts.disputes > 0 ? [count(counts.disputes, 'dispute')] : []),
      ...(counts.rulings > 0 ? [count(counts.rulings, 'ruling')] : []),
      ...(counts.corrections > 0 ? [count(counts.corrections, 'correction')] : []),
    ];
    session.line(session.paint('dim', `    ${whenOf(occurred)}, ${whereOf(place)}; ${counted.join(', ')}`));
  }
};

export const addList = (program: Command, opened: Opened): void => {
  program
    .command('list')
    .description('List incidents, or search them')
    .argument('[words...]', 'what they have to say; "words in a row" in quotes, -without')
    .option('--from <day>', 'that happened on this day or later, as 2026-01-14')
    .option('--to <day>', 'that happened on this day or earlier')
    .option('--region <code>', 'in this region, as US-MN')
    .option('--locality <name>', 'in this place')
    .option('--agency <id>', 'with this agency')
    .option('--speaker <id>', 'of which this party said something')
    .option('--aspect <code>', 'of which this was claimed, as vehicle_motion')
    .option('--disputed', 'on which accounts differ')
    .option('--ruling', 'on which a court ruled')
    .option('--as-of <moment>', 'as the list was on that day, or at that time')
    .addOption(new Option('--sort <order>', 'the order').choices(['-recordedAt', 'recordedAt', '-occurred', 'occurred']))
    .option('--limit <number>', 'so many at most', wholeNumber, 50)
    .option('--all', 'all of them')
    .addHelpText(
      'after',
      '\nWith --json a line for each incident.\n\n  averment list shots --region US-MN\n  averment list --disputed --as-of 2026-02-01 --json',
    )
    .action(async (words: string[], options: Options) => opened((session) => list(session, words, options)));
};
