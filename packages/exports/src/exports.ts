import type { Snapshot } from '@averment/read-models';
import { claimColumns, incidentColumns } from './columns.ts';
import { csvOf } from './formats/csv.ts';
import { geojsonOf } from './formats/geojson.ts';
import { ndjsonOf } from './formats/ndjson.ts';
import { parquetOf } from './formats/parquet.ts';

type Chunks = AsyncGenerator<string | Uint8Array>;

/** A file of an export. */
export type ExportFile = {
  of: 'incidents' | 'claims';
  format: 'ndjson' | 'csv' | 'geojson' | 'parquet';
  /** Its media type. */
  type: string;
  /** The names of its columns; none where it has none. */
  columns: readonly string[];
  write: (snapshot: Snapshot) => Chunks;
};

const csv = { format: 'csv', type: 'text/csv; charset=utf-8; header=present' } as const;
const geojson = { format: 'geojson', type: 'application/geo+json' } as const;
const ndjson = { format: 'ndjson', type: 'application/x-ndjson', columns: [] } as const;
const parquet = { format: 'parquet', type: 'application/vnd.apache.parquet' } as const;
const ofIncidents = { of: 'incidents', columns: incidentColumns.map(({ name }) => name) } as const;
const ofClaims = { of: 'claims', columns: claimColumns.map(({ name }) => name) } as const;

/** All files there are. */
export const exportFiles: readonly ExportFile[] = [
  { ...ofIncidents, ...ndjson, write: (snapshot) => ndjsonOf(snapshot.documents(), (text) => text) },
  { ...ofIncidents, ...csv, write: (snapshot) => csvOf(incidentColumns, snapshot.incidents(), snapshot.position) },
  { ...ofIncidents, ...geojson, write: (snapshot) => geojsonOf(incidentColumns, snapshot.incidents(), snapshot) },
  { ...ofIncidents, ...parquet, write: (snapshot) => parquetOf(incidentColumns, snapshot.incidents(), snapshot) },
  { ...ofClaims, ...ndjson, write: (snapshot) => ndjsonOf(snapshot.claims(), (claim) => JSON.stringify(claim)) },
  { ...ofClaims, ...csv, write: (snapshot) => csvOf(claimColumns, snapshot.claims(), snapshot.position) },
  { ...ofClaims, ...parquet, write: (snapshot) => parquetOf(claimColumns, snapshot.claims(), snapshot) },
];

/** What a file is called; without more only the name says of which position it is. */
export const fileName = ({ of, format }: Pick<ExportFile, 'of' | 'format'>, position: bigint): string => `${of}-${position}.${format}`;
