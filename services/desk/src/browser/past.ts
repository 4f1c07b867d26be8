// The slider of the past goes to a step as soon as it is let go, and stays in its place: only what the page says is put in anew.

const main = document.querySelector('main');

const show = async (address: string): Promise<void> => {
  const answer = await fetch(address);
  const next = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const inside = next.querySelector('main');
  if (main === null || inside === null || !answer.ok) return location.assign(address);
  main.replaceChildren(...inside.childNodes);
  document.title = next.title;
  history.replaceState(null, '', address);
  main.querySelector<HTMLInputElement>('#step')?.focus();
};

main?.addEventListener('change', (event) => {
  const slider = event.target;
  if (!(slider instanceof HTMLInputElement) || slider.id !== 'step' || slider.form === null) return;
  void show(`${slider.form.action}?step=${slider.value}`);
});
