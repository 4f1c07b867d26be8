// A choice on which further fields depend shows them at once: the form is made anew by the server, and what stands between its changes is put in place.

const form = document.querySelector<HTMLFormElement>('form[data-draft-redraws]');

const redraw = async (group: Element, control: HTMLElement): Promise<void> => {
  if (form === null) return;
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.append(name, value);
  fields.set('act', 'show');
  const answer = await fetch(form.action, { method: 'POST', body: fields });
  const anew = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById(group.id);
  if (anew === null) return;
  group.replaceWith(anew);
  document.getElementById(control.id)?.focus();
  form.dispatchEvent(new Event('input', { bubbles: true }));
};

form?.addEventListener('change', ({ target }) => {
  const group = target instanceof HTMLSelectElement && /\.(?:aspect|claim|target)$/.test(target.name) ? target.closest('.change') : null;
  if (group !== null && group.querySelector('button[value="show"]') !== null) void redraw(group, target as HTMLElement);
});
