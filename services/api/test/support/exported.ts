import { claimColumns, incidentColumns } from '@averment/exports';
import { parse } from 'csv-parse/sync';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
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
const asText = (columns: Rows, items: readonly object[], position: string) =>
  items.map((item) =>
    Object.fromEntries(
      columns.map(({ name, of }) => {
        const value = of(item as never, BigInt(position));
        return [name, value === null ? null : typeof value === 'object' ? JSON.stringify(value) : String(value)];
      }),
    ),
  );

/** The same as a reader of Parquet has it. */
const typed = (columns: Rows, items: readonly object[], position: string) =>
  items.map((item) =>
    Object.fromEntries(
      columns.map(({ name, type, of }) => {
        const value = of(item as never, BigInt(position));
        if (value === null) return [name, value];
        return [name, type === 'day' || type === 'instant' ? new Date(String(value)) : type === 'decimal' ? Number(value) : value];
      }),
    ),
  );

const parquetOf = async (own: Harness, of: string, position: string): Promise<Record<string, unknown>[]> => {
  const { rawPayload } = await own.app.app.inject({ url: `/v1/export/${of}.parquet` });
  const file = new Uint8Array(rawPayload).buffer;
  const { key_value_metadata: told = [] } = parquetMetadata(file);
  const said = Object.fromEntries(told.map(({ key, value }) => [key, value]));
  if (said['averment.position'] !== position) throw new Error(`the file is of ${said['averment.position']}`);
  return parquetReadObjects({ file });
};

type Placed = { id: string; place: { point: { lat: number; lon: number } | null } | null };
const featureOf = (item: Placed, position: string) => {
  const properties = Object.fromEntries(incidentColumns.map(({ name, of }) => [name, of(item as never, BigInt(position))]));
  const { id, latitude, longitude, as_of_position: _, ...others } = properties;
  const geometry = latitude === null ? null : { type: 'Point', coordinates: [longitude, latitude] };
  return { type: 'Feature', id, geometry, properties: others };
};

/** Holds each file of an export against what everybody reads by the API of each incident and claim, one by one. */
export const exportsAgree = async (t: Test, own: Harness): Promise<void> => {
  const incidents = await listed(own, '/v1/incidents?status=all');
  const served = await Promise.all(incidents.map(async ({ id }) => own.read(`/v1/incidents/${id}`)));
  const files: Answered[] = [];
  for (const name of ['incidents.ndjson', 'incidents.csv', 'claims.ndjson', 'claims.csv', 'incidents.geojson'])
    files.push(expect(await own.read(`/v1/export/${name}`), 200));
  const [documents = '', table = '', lines = '', claims = '', map = ''] = files.map(({ text }) => text);
  const position = String(files[0]?.headers['averment-position']);
  const answered = served.filter(({ status }) => status !== 410 && status !== 451).map((one) => expect(one, 200).text);
  t.strictSame(linesOf(documents), answered, 'incidents.ndjson has what is answered of each');
  const withSurvivors = incidents.map((item, index) => ({ ...item, mergedInto: served[index]?.body.mergedInto ?? null }));
  t.strictSame(rowsOf(table), asText(incidentColumns, withSurvivors, position), 'incidents.csv says what the list says');
  const { averment, features } = JSON.parse(map);
  t.strictSame(averment, { position, log: 'test.0', incomplete: 0 }, 'incidents.geojson says of what it is');
  t.strictSame(
    features,
    withSurvivors.map((item) => featureOf(item as never, position)),
    'and has the same',
  );
  t.strictSame(await parquetOf(own, 'incidents', position), typed(incidentColumns, withSurvivors, position), 'so has incidents.parquet');

  const nameOf = async (id: unknown) => {
    const party = id === null ? null : await own.read(`/v1/parties/${id}`);
    return party === null || party.status === 451 ? null : expect(party, 200).body.name;
  };
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
  t.strictSame(rowsOf(claims), asText(claimColumns, named, position), 'claims.csv says the same');
  t.strictSame(await parquetOf(own, 'claims', position), typed(claimColumns, named, position), 'so does claims.parquet');
};
