// Whoever follows a link to the summary of what is wrong, or comes to a page that has one, is put there: a screen reader says it first.

document.querySelector<HTMLElement>('.ds-error-summary')?.focus();
