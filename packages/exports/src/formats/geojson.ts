import type { Snapshot } from '@averment/read-models';
import type { Column } from '../columns.ts';

type Placed = { id: string; place: { point: { lat: number; lon: number } | null } | null };

/** What stands in the geometry, and what the collection says of all. */
const elsewhere = new Set(['id', 'latitude', 'longitude', 'as_of_position']);

/**
 * A FeatureCollection (RFC 7946), a feature a line: a point with longitude first, or no geometry where none is known. What the whole file is of stands in the
 * member `averment`, which readers that do not know it pass over (6.1).
 */
export const geojsonOf = async function* <Row extends Placed>(
  columns: readonly Column<Row>[],
  batches: AsyncIterable<Row[]>,
  { position, log, parked }: Pick<Snapshot, 'position' | 'log' | 'parked'>,
): AsyncGenerator<string> {
  const told = columns.filter(({ name }) => !elsewhere.has(name));
  const featureOf = (row: Row): string => {
    const point = row.place?.point ?? null;
    return JSON.stringify({
      type: 'Feature',
      id: row.id,
      geometry: point && { type: 'Point', coordinates: [point.lon, point.lat] },
      properties: Object.fromEntries(told.map(({ name, of }) => [name, of(row, position)])),
    });
  };
  yield `{"type":"FeatureCollection","averment":${JSON.stringify({ position: String(position), log, incomplete: parked.length })},"features":[\n`;
  let before = '';
  for await (const rows of batches) {
    yield `${before}${rows.map(featureOf).join(',\n')}`;
    before = ',\n';
  }
  yield '\n]}\n';
};
