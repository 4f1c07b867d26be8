import { type Html, html } from '../../html.ts';

/**
 * What a single key does on a page. `next`, `previous` and `open` are of the rows (`data-row`); `press` presses what is `at`, `choose` checks it and goes on
 * to `thenAt`, `focus` goes to it. None decides anything.
 */
export type Key = {
  key: string;
  does: 'next' | 'previous' | 'open' | 'press' | 'choose' | 'focus';
  what: string;
  at?: string;
  thenAt?: string;
};

/** A button that opens the list of a page's keys. Without JavaScript there are no keys, and it is not shown. */
export const keysDialog = (keys: readonly Key[]): Html =>
  html`<button class="ds-button" id="keys-open" type="button" data-variant="tertiary" hidden>Keyboard</button><dialog class="ds-dialog" id="keys" aria-labelledby="keys-title"><h2 class="ds-heading" data-size="sm" id="keys-title">Keyboard: keys on this page</h2><table class="ds-table"><thead><tr><th scope="col">Key</th><th scope="col">What it does</th></tr></thead><tbody>${keys.map(
    ({ key, does, what, at, thenAt }) =>
      html`<tr data-key="${key}" data-does="${does}"${at && html` data-at="${at}"`}${thenAt && html` data-then-at="${thenAt}"`}><th scope="row"><kbd>${key}</kbd></th><td>${what}</td></tr>`,
  )}<tr data-key="?" data-does="help"><th scope="row"><kbd>?</kbd></th><td>This list</td></tr></tbody></table>
<p>They do nothing while you write in a field.</p>
<div class="ds-field"><input class="ds-input" type="checkbox" id="keys-on" checked><label class="ds-label" for="keys-on">Single keys are on</label></div>
<form method="dialog"><button class="ds-button" data-variant="secondary">Close</button></form></dialog>`;
