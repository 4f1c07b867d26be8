import { to as copyTo } from 'pg-copy-streams';
import { request } from 'undici';
import type { Row } from '../bench.ts';
import { interleaved } from '../measure.ts';
import { memoryOf } from '../processes.ts';
import { alone, compared } from '../report.ts';

/** Takes all of an answer, and says how many bytes it had. */
const drained = async (chunks: AsyncIterable<Uint8Array>): Promise<number> => {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes;
};

/** Exports of all incidents and claims, beside `COPY … TO STDOUT` of the same rows: by rows a second. */
export const exports: Row = async ({ stacks, rounds }) => {
  const stack = await stacks.large();
  const served = await stack.serve();
  const { schema } = (
    await stack.pool.query<{ schema: string }>("SELECT nspname AS schema FROM pg_namespace WHERE nspname ~ '^record_v[0-9]+$'")
  ).rows[0] ?? { schema: '' };
  const rowsOf = { incidents: stack.incidents, claims: stack.incidents * stack.claims };
  const peaks: number[] = [];
  const idle = await memoryOf(served.api);
  const exported = async (file: string, rows: number): Promise<number> => {
    const begun = performance.now();
    let peak = 0;
    const watching = setInterval(async () => {
      peak = Math.max(peak, await memoryOf(served.api));
    }, 100);
    const { statusCode, body } = await request(`${served.url}/v1/export/${file}`);
    const bytes = await drained(body);
    clearInterval(watching);
    if (statusCode !== 200 || bytes === 0) throw new Error(`${file} was answered ${statusCode}`);
    peaks.push(peak);
    return (rows * 1000) / (performance.now() - begun);
  };
  const copied = async (select: string, rows: number): Promise<number> => {
    const client = await stack.pool.connect();
    try {
      const begun = performance.now();
      await drained(client.query(copyTo(`COPY (${select}) TO STDOUT`)));
      return (rows * 1000) / (performance.now() - begun);
    } finally {
      client.release();
    }
  };
  const of = {
    incidents: `SELECT coalesce(public_document, document) FROM ${schema}.incidents WHERE published ORDER BY id`,
    items: `SELECT coalesce(public_item, item) FROM ${schema}.incident_rows_current ORDER BY id`,
    claims: `SELECT coalesce(public_item, item) FROM ${schema}.claims ORDER BY id`,
  };
  const lines = [];
  for (const [file, what, select] of [
    ['incidents.ndjson', 'incidents', of.incidents],
    ['incidents.csv', 'incidents', of.items],
    ['incidents.parquet', 'incidents', of.items],
    ['claims.ndjson', 'claims', of.claims],
    ['claims.csv', 'claims', of.claims],
  ] as const) {
    const rows = rowsOf[what];
    const figures = await interleaved(rounds, { own: () => exported(file, rows), peer: () => copied(select, rows) });
    lines.push(
      compared(`export of ${rows} ${what} as ${file}; beside it COPY TO STDOUT of the same rows`, figures, {
        unit: 'per second',
        aim: file === 'incidents.ndjson' ? { least: 0.5 } : null,
        share: [],
      }),
    );
  }
  await served.stop();
  return [
    ...lines,
    alone(
      'memory of the API at most during these, beyond what it had before',
      peaks.map((peak) => peak - idle),
      { unit: 'MiB' },
    ),
  ];
};
