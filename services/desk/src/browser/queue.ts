// The queue stays as it is now: while it is seen, its address is asked for again, and what is new is told.

const every = 15_000;
const news = document.querySelector<HTMLElement>('#queue-news');

const hrefs = (place: ParentNode): string[] =>
  [...place.querySelectorAll<HTMLAnchorElement>('[data-row]')].map((row) => row.getAttribute('href') ?? '');

const refresh = async (): Promise<void> => {
  const old = document.querySelector('#queue');
  const response = await fetch(location.href, { headers: { accept: 'text/html' } });
  // After the session's end the answer is the page on which one signs in, which has no queue.
  const read = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('#queue');
  if (old === null || read === null || !response.ok) return;
  const known = new Set(hrefs(old));
  const added = hrefs(read).filter((href) => !known.has(href)).length;
  const focused = document.activeElement?.getAttribute('href') ?? null;
  const held = old.contains(document.activeElement);
  const scrolled = old.querySelector('.scrolls')?.scrollLeft ?? 0;
  const now = document.importNode(read, true);
  old.replaceWith(now);
  now.querySelector('.scrolls')?.scrollTo({ left: scrolled });
  if (held)
    (now.querySelector<HTMLElement>(`[href="${CSS.escape(focused ?? '')}"]`) ?? now.querySelector<HTMLElement>('[data-row]'))?.focus();
  if (news !== null && added > 0) news.textContent = `${added} new`;
};

setInterval(() => {
  if (document.visibilityState === 'visible') refresh().catch(() => {});
}, every);
