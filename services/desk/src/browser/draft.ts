// What is written in a form is kept in this browser as it is written, under the form's name, until it was sent or thrown away. Never a key or a password.

type Draft = { at: string; fields: [string, string][] };

const storageName = (name: string) => `draft:${name}`;
/** Fields that are each page's own, or that nobody should find here. */
const isKept = (name: string): boolean => !/^(?:_csrf|idempotencyKey|act)$|key|password/i.test(name);

const fieldsOf = (form: HTMLFormElement): [string, string][] => {
  const secret = new Set([...form.querySelectorAll<HTMLInputElement>('input[type=password]')].map(({ name }) => name));
  return [...new FormData(form)].flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && isKept(name) && !secret.has(name) ? [[name, value.replaceAll('\r\n', '\n')]] : [],
  );
};

const read = (name: string): Draft | null => {
  const stored = localStorage.getItem(storageName(name));
  return stored === null ? null : (JSON.parse(stored) as Draft);
};

const save = (name: string, form: HTMLFormElement): void => {
  try {
    localStorage.setItem(storageName(name), JSON.stringify({ at: new Date().toISOString(), fields: fieldsOf(form) } satisfies Draft));
  } catch {
    // The browser gives no room: the form works without a draft.
  }
};

const controls = (form: HTMLFormElement, name: string) =>
  [...form.elements].filter(
    (one): one is HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement =>
      (one instanceof HTMLInputElement || one instanceof HTMLSelectElement || one instanceof HTMLTextAreaElement) && one.name === name,
  );

/** Posts what the draft has, so that the server makes the form with all of its fields. */
const redraw = (form: HTMLFormElement, fields: [string, string][]): void => {
  const anew = document.createElement('form');
  anew.method = 'post';
  anew.action = form.action;
  const own = ['_csrf', 'idempotencyKey'].map((name): [string, string] => [name, String(new FormData(form).get(name) ?? '')]);
  for (const [name, value] of [...own, ...fields, ['act', 'show'] as [string, string]]) {
    const field = document.createElement('textarea');
    field.name = name;
    field.value = value;
    anew.append(field);
  }
  anew.hidden = true;
  document.body.append(anew);
  anew.submit();
};

const restore = (form: HTMLFormElement, { fields }: Draft): void => {
  const names = new Set(fields.map(([name]) => name));
  const differs = [...names].some((name) => controls(form, name).length === 0);
  if (differs && form.hasAttribute('data-draft-redraws')) {
    redraw(form, fields);
    return;
  }
  for (const name of names) {
    const values = fields.filter(([one]) => one === name).map(([, value]) => value);
    for (const control of controls(form, name)) {
      if (control instanceof HTMLInputElement && ['checkbox', 'radio'].includes(control.type))
        control.checked = values.includes(control.value);
      else control.value = values[0] ?? '';
    }
  }
};

const button = (text: string, does: () => void): HTMLButtonElement => {
  const made = document.createElement('button');
  made.type = 'button';
  made.className = 'ds-button';
  made.dataset.variant = 'secondary';
  made.dataset.size = 'sm';
  made.textContent = text;
  made.addEventListener('click', does);
  return made;
};

/** Whether a field has another text than the one that it came with. */
const isWritten = (form: HTMLFormElement): boolean =>
  [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('input, textarea')].some(
    (field) => !['checkbox', 'radio', 'password', 'file'].includes(field.type) && field.value !== field.defaultValue,
  );

const offer = (form: HTMLFormElement, name: string, draft: Draft): void => {
  const box = document.createElement('div');
  box.className = 'ds-alert';
  box.dataset.color = 'info';
  box.setAttribute('role', 'status');
  const said = document.createElement('p');
  const at = new Date(draft.at);
  const today = at.toDateString() === new Date().toDateString();
  const when = new Intl.DateTimeFormat('en', { timeStyle: 'short', ...(!today && { dateStyle: 'medium' }) }).format(at);
  said.textContent = `A draft of ${when} is here. It lies in this browser alone.`;
  const actions = document.createElement('p');
  actions.className = 'actions';
  actions.append(
    button('Restore it', () => {
      box.remove();
      restore(form, draft);
    }),
    button('Throw it away', () => {
      localStorage.removeItem(storageName(name));
      box.remove();
    }),
  );
  box.append(said, actions);
  form.before(box);
};

for (const done of document.querySelectorAll<HTMLElement>('[data-draft-done]'))
  localStorage.removeItem(storageName(done.dataset.draftDone ?? ''));

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-draft]')) {
  const name = form.dataset.draft ?? '';
  const draft = read(name);
  const isCurrent = form.hasAttribute('data-draft-current');
  if (isCurrent) save(name, form);
  else if (draft !== null && JSON.stringify(draft.fields) !== JSON.stringify(fieldsOf(form))) offer(form, name, draft);
  let waiting: number | undefined;
  const keep = () => {
    if (waiting !== undefined) cancelAnimationFrame(waiting);
    waiting = undefined;
    save(name, form);
  };
  form.addEventListener('input', () => {
    waiting ??= requestAnimationFrame(keep);
  });
  addEventListener('pagehide', () => waiting !== undefined && keep());
  // What was written before this script came counts as well.
  if (draft === null && isWritten(form)) keep();
}
