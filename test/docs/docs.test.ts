import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { eventSchemas } from '@averment/domain';
import t from 'tap';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const isOurs = (path: string): boolean => !path.includes('node_modules');
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root.pathname }).filter(isOurs);

/** Of a decision, as its file begins: two digits, or three. */
const numberOf = (file: string) => file.slice(0, file.indexOf('-'));

t.test('the index of decisions has each with its claim, date and status, in a row', async (t) => {
  const files = readdirSync(new URL('docs/decisions', root)).filter((file) => file !== 'README.md');
  const rows = files
    .sort((one, other) => Number(numberOf(one)) - Number(numberOf(other)))
    .map((file) => {
      const [, title, date, status] =
        /^# (.+)\n\n(\d{4}-\d\d-\d\d(?:, amended \d{4}-\d\d-\d\d)?) · (accepted|changed by .+|withdrawn)\n/.exec(
          read(`docs/decisions/${file}`),
        ) ?? [null, `${file} does not begin with its claim, date and status`];
      return `| [${numberOf(file)}](${file}) | ${title} | ${date} | ${status} |`;
    });
  const index = read('docs/decisions/README.md');
  t.strictSame(
    index.split('\n').filter((line) => line.startsWith('| [')),
    rows,
  );
  t.strictSame(
    files.map((file) => Number(numberOf(file))),
    files.map((_, number) => number + 1),
  );
});

t.test('the catalogue of events has every event there is, and no other', async (t) => {
  const rows = read('docs/events.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([A-Z]\w+)`/g)].map(([, name = '']) => name));
  t.strictSame([...new Set(named)].sort(), Object.keys(eventSchemas).sort());
});

/** The anchors of a page's headings, as GitHub makes them. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

t.test('links between pages lead somewhere', async (t) => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]+))?\)/g)]
      .filter(([, path = '', anchor]) => {
        const target = path === '' ? new URL(page, root) : new URL(path, new URL(page, root));
        if (!existsSync(target)) return true;
        return anchor !== undefined && !anchorsOf(target.pathname.slice(root.pathname.length)).includes(anchor);
      })
      .map(([link]) => `${page}: ${link}`),
  );
  t.strictSame(broken, []);
});

/** Numbered entries of a page, each as `<first word of its section> <number>`. */
const numbered = (page: string): string[] =>
  read(page)
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [word = ''] = section.toLowerCase().split(/\W/);
      return [...section.matchAll(/^(\d+)\. /gm)].map(([, number]) => `${word} ${number}`);
    });

t.test('what comments cite of the docs is there', async (t) => {
  const [rules, conventions] = [numbered('docs/rules.md'), numbered('docs/api.md')];
  const decisions = readdirSync(new URL('docs/decisions', root)).map(numberOf);
  const sources = globSync(['{packages,services,test,tools}/**/*.{ts,mjs}'], { cwd: root.pathname }).filter(isOurs);
  const missing = sources
    .filter((source) => !import.meta.url.endsWith(source))
    .flatMap((path) => {
      const text = read(path);
      const cited = [
        ...[...text.matchAll(/docs\/rules\.md(?:, (\w+ \d+))?/g)].filter(([, rule = '']) => !rules.includes(rule)),
        ...[...text.matchAll(/docs\/api\.md(?:, (\d+))?/g)].filter(([, number]) => !conventions.some((one) => one.endsWith(` ${number}`))),
        ...[...text.matchAll(/docs\/decisions(?:, (\d{2,3}))?/g)].filter(([, number = '']) => !decisions.includes(number)),
        ...text.matchAll(/(?<![\w/-])(?:rules|api|architecture|domain)\.md/g),
      ];
      return cited.map(([it]) => `${path}: ${it}`);
    });
  t.strictSame(missing, []);
});
