import { readFileSync } from 'node:fs';
import t from 'tap';
import { claimColumns, incidentColumns } from '../src/index.ts';

const page = readFileSync(new URL('../../../docs/exports.md', import.meta.url), 'utf8');
/** The rows of a table of the page, by the heading that it stands under. */
const told = (heading: string): string[] => {
  const [, section = ''] = page.split(`\n### ${heading}\n`);
  return (section.split('\n#')[0] ?? '').split('\n').filter((line) => line.startsWith('| `'));
};

t.test('the page has every column with its type and what it is', async (t) => {
  for (const [heading, columns] of [
    ['Incidents', incidentColumns],
    ['Claims', claimColumns],
  ] as const)
    t.strictSame(
      told(heading),
      columns.map(({ name, type, about }) => `| \`${name}\` | ${type} | ${about} |`),
      heading,
    );
});

t.test('names are what SQL takes without quotes, each once', async (t) => {
  for (const columns of [incidentColumns, claimColumns]) {
    const names = columns.map(({ name }) => name);
    t.strictSame(
      names.filter((name) => !/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(name)),
      [],
    );
    t.equal(new Set(names).size, names.length);
  }
});
