import type { Schemas } from '@averment/client';
import { answerOf } from '../../answers.ts';
import { hidden } from '../../forms.ts';
import { type Html, html } from '../../html.ts';
import { type Asked, type Page, type PageSpec, page } from '../../page.ts';
import { once, orAgain } from '../../parts/acting.ts';
import { day, instant } from '../../parts/dates.ts';
import { editHref } from '../../parts/events.ts';
import { errorSummary, nothingWrong, submit, textArea, type Wrong } from '../../parts/form.ts';
import { link, notice, table } from '../../parts/list.ts';
import { safeText } from '../../parts/text.ts';
import { rulesFields, rulesIn, rulesShown } from './rules.ts';
import { admin } from './start.ts';

type Proposal = Schemas['PolicyProposal'];
const here = '/desk/admin/policy';

const decisions = ({ sends, newKey, me }: Asked, { id, proposedBy }: Proposal): Html =>
  html`<div class="stack">${
    me?.subject !== proposedBy &&
    sends(`${here}/${id}/approve`, html`${hidden('idempotencyKey', newKey())}<div class="actions">${submit('Bring it into force')}</div>`)
  }${sends(`${here}/${id}/reject`, html`${hidden('idempotencyKey', newKey())}${textArea({ name: `reason-${id}`, label: me?.subject === proposedBy ? 'Why you take it back' : 'Why not', rows: 2, required: true })}<div class="actions">${submit(me?.subject === proposedBy ? 'Take it back' : 'Reject it', { variant: 'secondary' })}</div>`)}</div>`;

const proposalShown = (asked: Asked, proposal: Proposal): Html =>
  html`<article class="ds-card"><h3 class="ds-heading" data-size="xs">Proposed by ${proposal.proposedBy}, ${instant(proposal.proposedAt)}</h3><p>${proposal.reason === null ? 'The reason was erased.' : safeText(proposal.reason)}</p>
<details class="ds-details"><summary>The rules that it proposes</summary><div>${rulesShown(proposal.rules)}</div></details>
${asked.me?.role === 'admin' && decisions(asked, proposal)}</article>`;

const proposeForms = (asked: Asked, rules: Schemas['PolicyRules'], wrong: Wrong): Html => {
  const { sends, newKey, form } = asked;
  const reason = textArea({ name: 'reason', label: 'Why', value: form.text('reason'), rows: 3, wrong });
  const buttons = html`<div class="actions">${submit('See what it would do', { variant: 'secondary', name: 'act', value: 'try' })}${submit('Propose it', { name: 'act', value: 'propose' })}</div>`;
  const json = form.text('json');
  return html`<section><h2 class="ds-heading" data-size="md">Propose other rules</h2><p class="ds-paragraph">Another admin brings them into force. An empty field is no limit.</p>
<details class="ds-details"${form.fields.length > 0 && json === '' && html` open`}><summary>Number by number</summary><div>${sends(`${here}/proposals`, html`${hidden('idempotencyKey', newKey())}${rulesFields(rules, form, wrong)}${reason}${buttons}`)}</div></details>
<details class="ds-details"${json !== '' && html` open`}><summary>As JSON</summary><div>${sends(`${here}/proposals`, html`${hidden('idempotencyKey', newKey())}${textArea({ name: 'json', label: 'The rules', value: json || JSON.stringify(rules, null, 2), rows: 20, wrong })}${textArea({ name: 'why', label: 'Why', value: form.text('why'), rows: 3, wrong })}${buttons}`)}</div></details></section>`;
};

const show = async (asked: Asked, { wrong = nothingWrong, tried }: { wrong?: Wrong; tried?: Html } = {}): Promise<Page> => {
  const { api, me, query } = asked;
  const [policy, history, proposals] = await Promise.all([
    answerOf(api.GET('/v1/policy')),
    answerOf(api.GET('/v1/policy/history')),
    answerOf(api.GET('/v1/policy/proposals')),
  ]);
  const open = proposals.items.filter(({ state }) => state === 'open');
  const closed = proposals.items.filter(({ state }) => state !== 'open');
  return {
    title: 'Rules of the review',
    above: [admin],
    body: html`${errorSummary(wrong)}${query.has('did') && notice(html`<p>It is done.</p>`, 'success')}${tried}
<p class="ds-paragraph">Version ${policy.version}, in force since ${day(policy.since)}${policy.proposedBy !== null && html`, proposed by ${policy.proposedBy} and approved by ${policy.approvedBy}`}.</p>
${open.length > 0 && html`<section><h2 class="ds-heading" data-size="md">Proposals that are open</h2>${open.map((proposal) => proposalShown(asked, proposal))}</section>`}
<section><h2 class="ds-heading" data-size="md">In force</h2>${rulesShown(policy.rules)}</section>
${me?.role === 'admin' && proposeForms(asked, policy.rules, wrong)}
<section><h2 class="ds-heading" data-size="md">History</h2>${table(
      'All versions',
      ['Version', 'Since', 'Proposed by', 'Approved by', 'Why'],
      history.items.map(({ version, since, proposedBy, approvedBy, reason }) => [
        String(version),
        day(since),
        proposedBy ?? 'the service',
        approvedBy ?? '',
        reason === null ? '' : safeText(reason),
      ]),
    )}${
      closed.length > 0 &&
      table(
        'Proposals that are closed',
        ['Proposed by', 'State', 'Closed by', 'Why'],
        closed.map(({ proposedBy, state, closedBy, closedReason }) => [
          proposedBy,
          state,
          closedBy ?? '',
          closedReason === null ? '' : safeText(closedReason),
        ]),
      )
    }</section>`,
  };
};

/** Which open edits would take another number of approvals. */
const triedShown = ({ edits, looked, next }: Schemas['DryRun']): Html =>
  notice(
    html`<h2 class="ds-heading" data-size="xs">What these rules would do</h2><p>Of ${looked} open edits ${edits.length === 0 ? 'none' : edits.length} would take another number of approvals.${next !== null && ' There are more open edits.'}</p>${
      edits.length > 0 &&
      html`<ul class="ds-list">${edits.map(({ incident, source, party, edit, needed, neededThen }) => {
        const of = incident ?? source ?? party ?? '';
        return html`<li>${link(editHref(of, edit), `edit ${edit} of ${of}`)}: ${needed} now, ${neededThen} then</li>`;
      })}</ul>`
    }`,
  );

const notJson = new Map([['json', 'This is not JSON.']]);

const propose = async (asked: Asked) => {
  const { api, form } = asked;
  const now = await answerOf(api.GET('/v1/policy'));
  let rules: ReturnType<typeof rulesIn>;
  try {
    rules = rulesIn(form, now.rules);
  } catch {
    return { ...(await show(asked, { wrong: notJson })), status: 422 };
  }
  if (form.text('act') === 'try') {
    const dryRun = await answerOf(api.POST('/v1/policy/dry-run', { body: { rules } }));
    return show(asked, { tried: triedShown(dryRun) });
  }
  const reason = form.text('reason') || form.text('why');
  await answerOf(api.POST('/v1/policy/proposals', { params: { header: once(form) }, body: { rules, reason } }));
  return { onward: `${here}?did=proposed` };
};

/** A pointer into the rules is the field of its number, and that into the reason the one of the form that was sent. */
const fieldNames = ({ form }: Asked): Readonly<Record<string, string>> => {
  const isJson = form.text('json') !== '';
  const fields = form.fields
    .filter(([name]) => name.startsWith('rules.'))
    .map(([name]) => [`/${name.replaceAll('.', '/')}`, name] as const);
  return { ...Object.fromEntries(fields), rules: isJson ? 'json' : '', reason: isJson ? 'why' : 'reason' };
};

export const policyPages: readonly PageSpec[] = [
  page({ path: here, signedIn: true, handle: (asked) => show(asked) }),
  page({
    method: 'POST',
    path: `${here}/proposals`,
    signedIn: true,
    handle: (asked) =>
      orAgain(
        () => propose(asked),
        (wrong) => show(asked, { wrong }),
        fieldNames(asked),
      ),
  }),
  page({
    method: 'POST',
    path: `${here}/:id/approve`,
    signedIn: true,
    handle: (asked) =>
      orAgain(
        async () => {
          const params = { path: { id: asked.path.id ?? '' }, header: once(asked.form) };
          await answerOf(asked.api.POST('/v1/policy/proposals/{id}/approve', { params }));
          return { onward: `${here}?did=approved` };
        },
        (wrong) => show(asked, { wrong }),
      ),
  }),
  page({
    method: 'POST',
    path: `${here}/:id/reject`,
    signedIn: true,
    handle: (asked) =>
      orAgain(
        async () => {
          const id = asked.path.id ?? '';
          const body = { reason: asked.form.text(`reason-${id}`) };
          await answerOf(asked.api.POST('/v1/policy/proposals/{id}/reject', { params: { path: { id }, header: once(asked.form) }, body }));
          return { onward: `${here}?did=rejected` };
        },
        (wrong) => show(asked, { wrong }),
        { reason: `reason-${asked.path.id ?? ''}` },
      ),
  }),
];
