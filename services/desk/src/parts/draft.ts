import { type Html, html } from '../html.ts';

/**
 * Attributes of a form of which a draft is kept in the browser, under a name of its own (`browser/draft.ts`). `current`: the form shows what was just written
 * in it, so that an older draft is not offered. `redraws`: fields that a draft has and the form lacks are made by posting it with `act=show`.
 */
export const draftOf = (name: string, { current = false, redraws = false } = {}): Html =>
  html`data-draft="${name}"${current && html` data-draft-current`}${redraws && html` data-draft-redraws`}`;

/** What a page says once a form of this name was sent: its draft is thrown away. */
export const draftDone = (name: string): Html => html`<template data-draft-done="${name}"></template>`;
