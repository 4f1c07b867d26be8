import { claimColumns, incidentColumns } from '@averment/exports';
import { parse } from 'csv-parse/sync';
import type { Answered } from './checker.ts';
import type { Harness } from './harness.ts';
import { expect } from './story.ts';

/** All items of a list, as everybody reads it. */
export const listed = async (own: Harness, path: string): Promise<Record<string, unknown>[]> => {
  const items: Record<string, unknown>[] = [];
  for (let cursor = ''; ; ) {
    const { body } = expect(await own.read(`${path}${path.includes('?') ? '&' : '?'}limit=2${cursor}`), 200);
    items.push(...(body.items as Record<string, unknown>[]));
    if (typeof body.next !== 'string') return items.toSorted((one, other) => (String(one.id) < String(other.id) ? -1 : 1));
    cursor = `&cursor=${encodeURIComponent(body.next)}`;
  }
};

export const linesOf = (text: string): string[] => {
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error('the last line has no end');
  return lines;
};

/** A CSV as a program reads it that knows how texts are made harmless. */
export const rowsOf = (text: string): Record<string, string | null>[] =>
  parse(text, {
    columns: true,
    record_delimiter: '\r\n',
    // Nothing is nothing, "" is a text.
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value.replace(/^'('*[=+\-@\t\r\n＝＋－＠])/, '$1')),
  }) as Record<string, string | null>[];

type Test = { strictSame(one: unknown, other: unknown, what: string): unknown };
type Rows = readonly { name: string; type: string; of: (row: never, position: bigint) => unknown }[];

/** What a table has of what the API answers, in the words of CSV. */
const told = (columns: Rows, items: readonly object[], position: string) =>
  items.map((item) =>
    Object.fromEntries(
      columns.map(({ name, of }) => {
        const value = of(item as never, BigInt(position));
        return [name, value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value)];
      }),
    ),
  );

/** Holds each file of an export against what everybody reads by the API of each incident and claim, one by one. */
export const exportsAgree = async (t: Test, own: Harness): Promise<void> => {
  const incidents = await listed(own, '/v1/incidents?status=all');
  const served = await Promise.all(incidents.map(async ({ id }) => expect(await own.read(`/v1/incidents/${id}`), 200)));
  const files: Answered[] = [];
  for (const name of ['incidents.ndjson', 'incidents.csv', 'claims.ndjson', 'claims.csv'])
    files.push(expect(await own.read(`/v1/export/${name}`), 200));
  const [documents = '', table = '', lines = '', claims = ''] = files.map(({ text }) => text);
  const position = String(files[0]?.headers['averment-position']);
  t.strictSame(
    linesOf(documents),
    served.map(({ text }) => text),
    'incidents.ndjson has what is answered of each',
  );
  const withSurvivors = incidents.map((item, index) => ({ ...item, mergedInto: served[index]?.body.mergedInto ?? null }));
  t.strictSame(rowsOf(table), told(incidentColumns, withSurvivors, position), 'incidents.csv says what the list says');

  const nameOf = async (id: unknown) => (id === null ? null : expect(await own.read(`/v1/parties/${id}`), 200).body.name);
  const named = await Promise.all(
    (await listed(own, '/v1/claims')).map(async (claim) => ({
      ...claim,
      speakerName: await nameOf(claim.speaker),
      voiceName: await nameOf(claim.voice),
      aboutName: await nameOf(claim.about),
    })),
  );
  t.strictSame(
    linesOf(lines).map((line) => JSON.parse(line)),
    named,
    'claims.ndjson has what the list has of each',
  );
  t.strictSame(rowsOf(claims), told(claimColumns, named, position), 'claims.csv says the same');
};
