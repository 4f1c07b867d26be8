import { everybody } from '@averment/access';
import { erratumShape } from '@averment/domain';
import { z } from 'zod';
import { atomOf } from '../feeds/atom.ts';
import { entriesOf } from '../feeds/words.ts';
import { type Route, route } from '../route.ts';
import { pageOf } from '../schemas/basics.ts';
import { paging } from '../schemas/parameters.ts';
import { answeredAs } from '../schemas/registry.ts';

const erratum = answeredAs('Erratum', erratumShape, 'What whoever quoted from the record has to know');
const common = {
  method: 'GET',
  sameForAll: true,
  tag: 'Feed',
  roles: everybody,
  query: z.strictObject(paging),
  models: ['record'],
  list: true,
  cached: true,
} as const;

const title = 'Averment: corrections';
const feedItem = z.object({
  id: z.string().describe('As in the list'),
  url: z.string().describe('Where a person reads it'),
  title: z.string().describe('What happened, and to which incident'),
  content_text: z.string().describe('What was said before and is said now, and why'),
  date_published: z.string().describe('When it was recorded'),
  date_modified: z.string().describe('When a text of it was last erased, else when it was recorded'),
});
const jsonFeed = answeredAs(
  'CorrectionsFeed',
  z.object({
    version: z.string().describe('Which JSON Feed it is'),
    title: z.string().describe('What it is'),
    home_page_url: z.string().describe('The same for people'),
    feed_url: z.string().describe('Where it is'),
    next_url: z.string().optional().describe('Where it goes on; left out at the end'),
    items: z.array(feedItem).describe('The newest first'),
    _gone: z
      .object({
        about: z.string().describe('What this extension is'),
        items: z.array(z.object({ id: z.string().describe('As in the list'), when: z.string().describe('When') })).describe('Which'),
      })
      .describe('Items of which nothing is left: whoever has a copy drops it'),
  }),
  'JSON Feed 1.1 of corrections',
);

export const correctionRoutes: readonly Route[] = [
  route({
    ...common,
    path: '/v1/corrections',
    operation: 'listCorrections',
    summary: 'What whoever quoted from the record has to know',
    description:
      'Corrections, retractions, rulings that contradict claims, and texts that were erased or are kept from sight, of all published incidents, the newest first. Everybody reads here what the public does. What was withdrawn and is reinstated is no longer in it, nor is what a decision showed again. Of what is wholly erased or withheld only `gone` is told.',
    answers: { 200: { description: 'Errata', schema: answeredAs('Errata', pageOf(erratum), 'A page of errata') } },
    handle: async ({ query }, { queries }) => ({ body: await queries.errata(query) }),
  }),
  route({
    ...common,
    path: '/v1/corrections.atom',
    operation: 'correctionsAsAtom',
    summary: 'The same as an Atom feed',
    description: 'Each entry of which nothing is left has a tombstone (RFC 6721) in its place.',
    answers: { 200: { description: 'RFC 4287', schema: z.string(), type: 'application/atom+xml' } },
    handle: async ({ query, origin }, { queries }) => {
      const { items, next } = await queries.errata(query);
      const url = `${origin}/v1/corrections.atom`;
      const further = next === null ? null : `${url}?${new URLSearchParams({ limit: String(query.limit), cursor: next })}`;
      return {
        body: atomOf({ title, url, page: `${origin}/corrections`, next: further, ...entriesOf(items, origin) }),
        type: 'application/atom+xml; charset=utf-8',
      };
    },
  }),
  route({
    ...common,
    path: '/v1/corrections.feed.json',
    operation: 'correctionsAsJsonFeed',
    summary: 'The same as JSON Feed 1.1',
    description: 'The items of `/v1/corrections` for readers of feeds, the newest first; `_gone` names those of which nothing is left.',
    answers: { 200: { description: 'https://www.jsonfeed.org/version/1.1/', schema: jsonFeed, type: 'application/feed+json' } },
    handle: async ({ query, origin }, { queries }) => {
      const { items, next } = await queries.errata(query);
      const { entries, gone } = entriesOf(items, origin);
      const url = `${origin}/v1/corrections.feed.json`;
      const feed: z.output<typeof jsonFeed> = {
        version: 'https://jsonfeed.org/version/1.1',
        title,
        home_page_url: `${origin}/corrections`,
        feed_url: url,
        ...(next !== null && { next_url: `${url}?${new URLSearchParams({ limit: String(query.limit), cursor: next })}` }),
        items: entries.map(({ id, text, published, updated, ...entry }) => ({
          id,
          url: entry.url,
          title: entry.title,
          content_text: text,
          date_published: published,
          date_modified: updated,
        })),
        _gone: { about: `${origin}/docs`, items: gone },
      };
      return { body: feed, type: 'application/feed+json; charset=utf-8' };
    },
  }),
];
