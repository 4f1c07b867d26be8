import t from 'tap';
import { keepPages, noting } from '../src/kept.ts';

type State = { position: string; tags: Record<string, string>; incomplete?: boolean };

/** An API of some things that can be read, each with its entity tag. `asked` is what it was asked for since it was last emptied. */
const api = (state: State) => {
  const asked: string[] = [];
  const send = async (request: Request) => {
    const { pathname } = new URL(request.url);
    const tag = state.tags[pathname];
    asked.push(pathname);
    if (tag === undefined) return new Response(null, { status: 404 });
    const headers = { etag: tag, 'averment-position': state.position, ...(state.incomplete && { 'averment-incomplete': 'record' }) };
    return request.headers.get('if-none-match') === tag ? new Response(null, { status: 304, headers }) : new Response('{}', { headers });
  };
  return { state, asked, send };
};

/** The page of an incident and its events, made and kept. */
const madeOf = async ({ send, asked }: ReturnType<typeof api>, paths: readonly string[]) => {
  const pages = keepPages();
  const noted = noting(send);
  for (const path of paths) await noted.send(new Request(`http://averment.invalid${path}`));
  const made = noted.made();
  if (made !== null) await pages.keep('/incidents/1', 'page', made);
  asked.length = 0;
  return { made, find: async () => (await pages.find('/incidents/1', send))?.plain.toString() ?? null };
};
const paths = ['/v1/incidents/1', '/v1/incidents/1/events'];
const start = (): State => ({ position: '7', tags: { '/v1/incidents/1': '"a"', '/v1/incidents/1/events': '"b"' } });

t.test('while nothing was written, one question tells that a page is still right', async (t) => {
  const own = api(start());
  const { find } = await madeOf(own, paths);
  t.equal(await find(), 'page');
  t.same(own.asked, ['/v1/incidents/1']);
});

t.test('once something was written, all that it was made of is asked for again, once', async (t) => {
  const own = api(start());
  const { find } = await madeOf(own, paths);
  own.state.position = '8';
  t.equal(await find(), 'page');
  t.same(own.asked.splice(0), paths);
  t.equal(await find(), 'page');
  t.same(own.asked, ['/v1/incidents/1'], 'it is known to be right as of then');
});

t.test('what has changed is made anew, whichever part it is', async (t) => {
  for (const path of paths) {
    const own = api(start());
    const { find } = await madeOf(own, paths);
    own.state.position = '8';
    own.state.tags[path] = '"other"';
    t.equal(await find(), null, path);
  }
});

t.test('where something is parked the position does not tell', async (t) => {
  const own = api({ ...start(), incomplete: true });
  const { find } = await madeOf(own, paths);
  t.equal(await find(), 'page');
  t.same(own.asked, paths);
});

t.test('what was refused, or has no entity tag, is kept for nobody', async (t) => {
  t.equal((await madeOf(api(start()), [...paths, '/v1/parties/1'])).made, null);
});
