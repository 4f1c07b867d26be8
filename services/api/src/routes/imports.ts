import { insiders, writers } from '@averment/access';
import { textSha256Of } from '@averment/commands';
import { extractionDocument } from '@averment/domain';
import { mediaTypes } from '@averment/extraction';
import { z } from 'zod';
import { found, granted, shown } from '../http/found.ts';
import { importedOf, requestOf, requireKeepable } from '../importing.ts';
import { bytesBody, type Route, route } from '../route.ts';
import { importPreview, importQuery } from '../schemas/importing.ts';
import { pathId } from '../schemas/parameters.ts';
import { registeredSource } from '../schemas/sources.ts';

const documents = [...mediaTypes, 'application/xhtml+xml'];
/** In bytes: the most that is read of a document. */
export const importedLimit = 32 * 1024 * 1024;

export const importRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/sources/import',
    operation: 'importSource',
    tag: 'Sources',
    summary: 'Register a document as a source',
    description:
      'The body is the document: a page, a PDF, captions, or a web archive with the response of `url`. Its text is made of it here, and nothing is fetched. What the query does not say is taken from the document. With `dryRun` it is shown and not registered; else the source is registered as by `POST /v1/sources`, and refused as there.',
    roles: writers,
    query: importQuery,
    takes: documents,
    body: bytesBody,
    bodyLimit: importedLimit,
    idempotent: true,
    answers: {
      200: { description: 'What would be registered (`dryRun`)', schema: importPreview },
      201: { description: 'It is registered. The public sees it once an approved edit uses it.', schema: registeredSource },
    },
    problems: ['SourceExists', 'ExternalIdTaken', 'QuotaExceeded', 'InvalidChange', 'Busy'],
    handle: async ({ query, body, caller, context, viewer }, { commands, queries, extract }) => {
      const { bytes, mediaType } = body;
      const read = async () => {
        requireKeepable(query, bytes);
        return importedOf(await extract({ bytes, mediaType, url: query.url ?? null }, context.client.signal), query, bytes);
      };
      if (!query.dryRun) {
        const asked = { ...caller(), body: requestOf(query, body) };
        // Of a repeat nothing is read.
        let { url = null, title = null } = query;
        const registered = granted(
          await commands.importSource(asked, async () => {
            const made = await read();
            ({ url, title } = made.body);
            return made;
          }),
        );
        return { status: 201, body: { ...registered, resembles: await queries.sourcesLike({ ...registered, url, title }, viewer) } };
      }
      const { body: source, imported } = await read();
      const { extraction } = imported;
      const textSha256 = textSha256Of(source);
      const { pages, cues } = extraction;
      return {
        body: {
          ...source,
          textSha256,
          pages,
          cues,
          extraction: extractionDocument(extraction, imported.bytes !== null),
          existing: source.url === null ? null : await queries.sourceWith(source.url, textSha256),
        },
      };
    },
  }),
  route({
    method: 'GET',
    path: '/v1/sources/{id}/original',
    operation: 'readSourceOriginal',
    tag: 'Sources',
    summary: 'Read the document that a source was imported from',
    description: 'Byte by byte as it was sent, where it was sent to be kept and was not erased.',
    roles: insiders,
    params: z.strictObject({ id: pathId('source') }),
    answers: { 200: { description: 'The document', schema: null, bytes: documents } },
    problems: ['Withheld'],
    handle: async ({ path, viewer }, { queries }) => {
      const { bytes, mediaType } = shown(found(await queries.sourceOriginal(path.id, viewer)));
      // What anybody wrote is never shown as a page of this service.
      const headers = {
        'content-disposition': `attachment; filename="${path.id}"`,
        'content-security-policy': "sandbox; default-src 'none'",
      };
      return { body: bytes, type: mediaType, headers };
    },
  }),
];
