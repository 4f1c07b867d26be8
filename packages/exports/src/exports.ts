import type { Snapshot } from '@averment/read-models';
import { type Column, claimColumns, incidentColumns } from './columns.ts';
import { csvOf } from './formats/csv.ts';
import { ndjsonOf } from './formats/ndjson.ts';

type Chunks = AsyncGenerator<string | Uint8Array>;

/** A file of an export. */
export type ExportFile = {
  of: 'incidents' | 'claims';
  format: 'ndjson' | 'csv';
  /** Its media type. */
  type: string;
  /** The names of its columns; none where it has none. */
  columns: readonly string[];
  write: (snapshot: Snapshot) => Chunks;
};

/** A thing as a table. */
type Table<Row> = { columns: readonly Column<Row>[]; rows: (snapshot: Snapshot) => AsyncGenerator<Row[]> };

const tableFiles = <Row>(of: ExportFile['of'], { columns, rows }: Table<Row>): ExportFile[] => [
  {
    of,
    format: 'csv',
    type: 'text/csv; charset=utf-8; header=present',
    columns: columns.map(({ name }) => name),
    write: (snapshot) => csvOf(columns, rows(snapshot), snapshot.position),
  },
];

const lines = (of: ExportFile['of'], write: ExportFile['write']): ExportFile => ({
  of,
  format: 'ndjson',
  type: 'application/x-ndjson',
  columns: [],
  write,
});

/** All files there are. */
export const exportFiles: readonly ExportFile[] = [
  lines('incidents', (snapshot) => ndjsonOf(snapshot.documents(), (text) => text)),
  ...tableFiles('incidents', { columns: incidentColumns, rows: (snapshot) => snapshot.incidents() }),
  lines('claims', (snapshot) => ndjsonOf(snapshot.claims(), (claim) => JSON.stringify(claim))),
  ...tableFiles('claims', { columns: claimColumns, rows: (snapshot) => snapshot.claims() }),
];

/** What a file is called; without more only the name says of which position it is. */
export const fileName = ({ of, format }: Pick<ExportFile, 'of' | 'format'>, position: bigint): string => `${of}-${position}.${format}`;
