import { everybody } from '@averment/access';
import { type ExportFile, exportFiles, fileName } from '@averment/exports';
import { z } from 'zod';
import { type Route, route } from '../route.ts';
import { answeredAs } from '../schemas/registry.ts';

const about: Record<ExportFile['of'], string> = {
  incidents: 'all incidents that `GET /v1/incidents?status=all` lists, merged and retracted ones too',
  claims: 'all claims of the public list, of every standing',
};
const lines: Record<ExportFile['of'], string> = {
  incidents: 'A JSON text a line: what `GET /v1/incidents/{id}` answers without a key, word for word.',
  claims: 'A JSON text a line: what `GET /v1/claims` answers of it without a key, with the names of speaker, voice and whom it is about.',
};
const forms: Record<ExportFile['format'], { name: string; about?: string; answer: Route['answers'][number] }> = {
  ndjson: { name: 'Ndjson', answer: { description: 'JSON Lines', schema: z.string(), type: 'application/x-ndjson' } },
  csv: { name: 'Csv', about: 'RFC 4180 with a row of names.', answer: { description: 'RFC 4180', schema: z.string(), type: 'text/csv' } },
  geojson: {
    name: 'Geojson',
    about: 'RFC 7946, each with its point, or none where that is not known.',
    answer: {
      description: 'RFC 7946',
      type: 'application/geo+json',
      schema: answeredAs(
        'IncidentsOnMap',
        z.object({
          type: z.literal('FeatureCollection').describe('As RFC 7946 has it'),
          averment: z
            .object({
              position: z.string().describe('The position that all of it is of'),
              log: z.string().describe('What the log is called'),
              incomplete: z.int().describe('How many streams are missing because an event of theirs is parked'),
            })
            .describe('Of what moment it is'),
          features: z
            .array(z.record(z.string(), z.unknown()))
            .describe('The incidents, each a Feature: its id, its point or no geometry, and the other columns of the table as properties'),
        }),
        'Incidents with their points',
      ),
    },
  },
  parquet: {
    name: 'Parquet',
    about: 'Apache Parquet with typed columns.',
    answer: { description: 'Apache Parquet', schema: null, bytes: ['application/vnd.apache.parquet'] },
  },
};

const exported = (file: ExportFile): Route => {
  const { of, format, type } = file;
  const { name, about: form = lines[of], answer } = forms[format];
  return route({
    method: 'GET',
    sameForAll: true,
    path: `/v1/export/${of}.${format}`,
    operation: `export${of === 'incidents' ? 'Incidents' : 'Claims'}As${name}`,
    tag: 'Exports',
    summary: `Export ${of} as ${answer.description}`,
    description: `${form} It has ${about[of]}, in the order of their ids, as of the position that \`Averment-Position\` and the name of the file say; everybody reads what the public does. It is sent while it is read: what breaks off breaks the connection. docs/exports.md has the columns.`,
    roles: everybody,
    query: z.strictObject({}),
    models: ['record'],
    dated: true,
    list: true,
    cached: true,
    streams: format === 'parquet' ? 'plain' : 'coded',
    answers: { 200: { ...answer, headers: { 'Content-Disposition': 'The name of the file, with the position in it' } } },
    handle: async ({ context }, { exporting }) => {
      const { position, parked, body, etag } = await exporting(file, context.client);
      context.noteFreshness({ position, parked: new Set(parked) });
      return { body, etag, type, headers: { 'content-disposition': `attachment; filename="${fileName(file, position)}"` } };
    },
  });
};

export const exportRoutes: readonly Route[] = exportFiles.map(exported);
