import type { Api } from '@averment/client';
import { answerOf } from '../../../answers.ts';
import type { Form } from '../../../page.ts';
import { editHref } from '../../../parts/events.ts';
import type { EditAt } from './at.ts';

/** A form as it was sent: `field` reads what stands in one of its own fields, null where nothing does. */
type Sent = { api: Api; at: EditAt; form: Form; field(name: string): string | null };
/** Does what a form asks for, and answers where to go on. Throws what the API refuses. */
type Act = (sent: Sent) => Promise<string>;

type Decision = 'approve' | 'reject' | 'request_changes';

/** What every write names: the edit, and the key by which it counts once. */
const write = ({ at, form }: Sent) => ({
  path: { id: at.subject, edit: at.edit },
  header: { 'Idempotency-Key': form.text('idempotencyKey') },
});
/** And the version that was read. */
const writeOn = (sent: Sent) => {
  const { path, header } = write(sent);
  return { path, header: { ...header, 'If-Match': sent.form.text('etag') } };
};
const back = ({ at }: Sent, did: string): string => `${editHref(at.subject, at.edit)}?did=${did}`;

/** What may be done with an edit, by the last part of the address to which its form is sent. */
export const acts: Readonly<Record<string, Act>> = {
  decision: async (sent) => {
    const { api, at, field } = sent;
    // The API says so where it is none of these.
    const decision = (field('decision') ?? '') as Decision;
    const { state } = await answerOf(
      api.POST(`/v1/${at.room}/{id}/edits/{edit}/decision`, {
        params: writeOn(sent),
        body: {
          decision,
          reason: field('reason'),
          ...(decision === 'approve' && { despiteComments: field('despiteComments') }),
        },
      }),
    );
    return back(sent, state === 'applied' ? 'applied' : decision);
  },
  'take-back': async (sent) => {
    const { api, at, field } = sent;
    await answerOf(api.DELETE(`/v1/${at.room}/{id}/edits/{edit}/decision`, { params: writeOn(sent), body: { reason: field('reason') } }));
    return back(sent, 'take-back');
  },
  comments: async (sent) => {
    const { api, at, form, field } = sent;
    const change = form.text('change');
    const { path, header } = write(sent);
    const { id } = await answerOf(
      api.POST(`/v1/${at.room}/{id}/edits/{edit}/comments`, {
        // A comment on a change names it by its place, which another version may give to another one.
        params: { path, header: change === '' ? header : { ...header, 'If-Match': form.text('etag') } },
        body: {
          text: field('text') ?? '',
          ...(change !== '' && { change: Number(change) }),
          ...(form.text('inReplyTo') !== '' && { inReplyTo: form.text('inReplyTo') }),
        },
      }),
    );
    return `${back(sent, 'comment')}#${form.text('inReplyTo') || id}`;
  },
  resolve: async (sent) => {
    const { api, at, form } = sent;
    const { path, header } = write(sent);
    const comment = form.text('comment');
    await answerOf(
      api.POST(`/v1/${at.room}/{id}/edits/{edit}/comments/{comment}/resolve`, { params: { path: { ...path, comment }, header } }),
    );
    return `${back(sent, 'resolve')}#${comment}`;
  },
  lease: async (sent) => {
    const { api, at, form, field } = sent;
    const path = `/v1/${at.room}/{id}/edits/{edit}/lease` as const;
    const params = write(sent);
    // To break the lease of another leaves nobody with one.
    if (form.text('break') === 'true') await answerOf(api.POST(path, { params, body: { break: true, reason: field('reason') } }));
    await answerOf(api.POST(path, { params: { path: params.path }, body: {} }));
    return back(sent, 'lease');
  },
  'give-back': async (sent) => {
    const { api, at } = sent;
    await answerOf(api.DELETE(`/v1/${at.room}/{id}/edits/{edit}/lease`, { params: write(sent) }));
    return back(sent, 'give-back');
  },
  split: async (sent) => {
    const { api, at, form, field } = sent;
    await answerOf(
      api.POST(`/v1/${at.room}/{id}/edits/{edit}/split`, {
        params: writeOn(sent),
        body: { changes: form.all('split-changes').map(Number), reason: field('reason') ?? '' },
      }),
    );
    return back(sent, 'split');
  },
  rebase: async (sent) => {
    const { api, at } = sent;
    await answerOf(api.POST(`/v1/${at.room}/{id}/edits/{edit}/rebase`, { params: writeOn(sent) }));
    return back(sent, 'rebase');
  },
  withdraw: async (sent) => {
    const { api, at, field } = sent;
    await answerOf(api.POST(`/v1/${at.room}/{id}/edits/{edit}/withdraw`, { params: writeOn(sent), body: { reason: field('reason') } }));
    return back(sent, 'withdraw');
  },
  handover: async (sent) => {
    const { api, at, field } = sent;
    await answerOf(
      api.POST(`/v1/${at.room}/{id}/edits/{edit}/handover`, {
        params: writeOn(sent),
        body: { to: field('to') ?? '', reason: field('reason') ?? '' },
      }),
    );
    return back(sent, 'handover');
  },
  reopen: async (sent) => {
    const { api, at, field } = sent;
    await answerOf(api.POST(`/v1/${at.room}/{id}/edits/{edit}/reopen`, { params: writeOn(sent), body: { reason: field('reason') ?? '' } }));
    return back(sent, 'reopen');
  },
  revert: async (sent) => {
    const { api, at, field } = sent;
    const { edit } = await answerOf(
      api.POST('/v1/incidents/{id}/edits/{edit}/revert', { params: write(sent), body: { reason: field('reason') ?? '' } }),
    );
    return `${editHref(at.subject, edit)}?did=revert`;
  },
};

/** What to say of an act that was done. */
export const didInWords: Readonly<Record<string, string>> = {
  applied: 'Your approval was the last one it took: the edit is in the record now.',
  approve: 'You approved it. It takes further approvals by others.',
  reject: 'You rejected it. Its author is told why.',
  request_changes: 'You requested changes. Its author is told what is missing.',
  'take-back': 'Your vote is taken back. You may vote anew.',
  comment: 'Your comment stands beneath.',
  resolve: 'The comment is resolved.',
  lease: 'You hold it: other reviewers see that you are at work on it.',
  'give-back': 'You hold it no longer.',
  split: 'It is split. What left waits as an edit of its own.',
  rebase: 'It is based on the record as it is.',
  withdraw: 'It is withdrawn.',
  handover: 'It is handed over.',
  reopen: 'It is open again.',
  revert: 'This edit undoes the other one, and waits for review.',
};
