import { everybody } from '@averment/access';
import { type ExportFile, exportFiles, fileName } from '@averment/exports';
import { z } from 'zod';
import { type Route, route } from '../route.ts';

const about = {
  incidents: 'all incidents that the public list shows, merged and retracted ones too',
  claims: 'all claims of the public list, of every standing',
};
const forms = {
  ndjson: {
    incidents: 'One JSON text a line: what `GET /v1/incidents/{id}` answers without a key, word for word.',
    claims:
      'One JSON text a line: what `GET /v1/claims` answers of it without a key, with the names of speaker, voice and whom it is about.',
  },
  csv: {
    incidents: 'RFC 4180 with a row of names: what the list says of each.',
    claims: 'RFC 4180 with a row of names.',
  },
};

const exported = (file: ExportFile): Route => {
  const { of, format, type } = file;
  const [media = type] = type.split(';');
  return route({
    method: 'GET',
    sameForAll: true,
    path: `/v1/export/${of}.${format}`,
    operation: `export${of === 'incidents' ? 'Incidents' : 'Claims'}As${format.slice(0, 1).toUpperCase()}${format.slice(1)}`,
    tag: 'Exports',
    summary: `Export ${of} as ${format}`,
    description: `${forms[format][of]} It has ${about[of]}, in the order of their ids, as of the position that \`Averment-Position\` and the name of the file say; everybody reads what the public does. It is sent while it is read: what breaks off breaks the connection. docs/exports.md has the columns.`,
    roles: everybody,
    query: z.strictObject({}),
    models: ['record'],
    dated: true,
    list: true,
    cached: true,
    streams: 'coded',
    answers: {
      200: {
        description: `The file, as ${media}`,
        schema: z.string(),
        type: media,
        headers: { 'Content-Disposition': 'The name of the file, with the position in it' },
      },
    },
    handle: async ({ context }, { exporting }) => {
      const { position, parked, body, etag } = await exporting(file, context.client);
      context.noteFreshness({ position, parked: new Set(parked) });
      return { body, etag, type, headers: { 'content-disposition': `attachment; filename="${fileName(file, position)}"` } };
    },
  });
};

export const exportRoutes: readonly Route[] = exportFiles.map(exported);
