// Single keys, as the page's list of them says. They never act while a field has the focus, and can be switched off (WCAG 2.1.4).

const dialog = document.querySelector<HTMLDialogElement>('#keys');
const opener = document.querySelector<HTMLButtonElement>('#keys-open');
const on = document.querySelector<HTMLInputElement>('#keys-on');
const remembered = 'averment single keys';

const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-row]')];

const move = (by: 1 | -1): void => {
  const all = rows();
  const at = all.findIndex((row) => row.matches(':focus'));
  const next = at === -1 ? (by === 1 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next]?.focus();
};

const reach = (selector = ''): void => {
  const field = document.querySelector<HTMLElement>(selector);
  field?.closest('details')?.setAttribute('open', '');
  field?.focus();
};

const act = ({ does, at = '', thenAt }: DOMStringMap): void => {
  if (does === 'next') move(1);
  else if (does === 'previous') move(-1);
  else if (does === 'open')
    rows()
      .find((row) => row.matches(':focus'))
      ?.click();
  else if (does === 'help') dialog?.showModal();
  else if (does === 'focus') reach(at);
  else {
    document.querySelector<HTMLElement>(at)?.click();
    if (does === 'choose') reach(thenAt);
  }
};

const writes = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

if (dialog !== null && opener !== null && on !== null) {
  opener.hidden = false;
  opener.addEventListener('click', () => dialog.showModal());
  on.checked = localStorage.getItem(remembered) !== 'off';
  on.addEventListener('change', () => localStorage.setItem(remembered, on.checked ? 'on' : 'off'));
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !on.checked || dialog.open || writes(event.target)) return;
    const row = dialog.querySelector<HTMLElement>(`tr[data-key="${CSS.escape(event.key)}"]`);
    if (row === null) return;
    event.preventDefault();
    act(row.dataset);
  });
}
