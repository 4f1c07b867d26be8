import type { Scope, scopesOf } from '@averment/access';
import { answer } from '@averment/domain';
import { noticePageShape, ownEditShape } from '@averment/read-models';
import { z } from 'zod';
import { pageOf } from './basics.ts';
import { answeredAs } from './registry.ts';

const { idOf, instant, oneOf } = answer;
const expiresAt = (of: string) => instant.nullable().describe(`When ${of} expires; null for never`);
export const me = answeredAs(
  'Me',
  z.object({
    subject: z.string().describe('Whom the key or token speaks for'),
    role: oneOf<Parameters<typeof scopesOf>[0]>().describe('What the subject is here'),
    scopes: z
      .array(oneOf<Scope>())
      .describe(
        'What the role may do: `read` what is public, follow the `feed`, have `webhooks`, `submit` edits, `review` them, `oversee` the review, `ask_erasure`, `decide_erasure`, and `operate` the service. Each operation lists the roles that may use it',
      ),
    kind: oneOf<'person' | 'machine'>().describe('Whose hands it is in'),
    expiresAt: expiresAt('the key or token'),
    key: z
      .object({
        id: idOf('key'),
        name: z.string().nullable().describe('What it is called; null for nothing, or once that was erased'),
        kind: oneOf<'person' | 'machine'>().describe('Whose hands it is in'),
        expiresAt: expiresAt('it'),
      })
      .nullable()
      .describe('The key that was sent; null where it was a token'),
    token: z
      .object({ expiresAt: expiresAt('it') })
      .nullable()
      .describe('The token of the OpenID provider that was sent; null where it was a key'),
  }),
  'Who asks',
);
export const ownEdits = answeredAs('OwnEdits', pageOf(answeredAs('OwnEdit', ownEditShape, 'An edit of the caller')), 'A page of own edits');
export const notices = answeredAs(
  'Notices',
  noticePageShape.extend({
    log: z.string().describe('The name of the log that the positions belong to: it changes whenever the log was restored from a backup'),
  }),
  'What happened to edits in which the caller takes part',
);
