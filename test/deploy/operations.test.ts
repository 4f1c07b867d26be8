import { readFileSync } from 'node:fs';
import { settings } from '@averment/platform';
import t from 'tap';

const root = new URL('../../', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, root), 'utf8');
const page = read('docs/operations.md');

t.test('the page lists every setting with its default, in order, and none that there is not', async (t) => {
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \| (?:–|`([^`]+)`) \|/gm)].map(([, name, fallback = null]) => ({ name, fallback }));
  const inDataDir: Record<string, string> = {
    SERVER_KEY_FILE: 'DATA_DIR/server.key',
    ERASURE_LIST_FILE: 'DATA_DIR/erasures.jsonl',
    LEDGER_KEY_FILE: 'DATA_DIR/ledger.key',
  };
  const known = settings.map(({ name, fallback }) => ({ name, fallback: inDataDir[name] ?? fallback }));
  t.same(listed, known);
});

t.test('the page tells of every metric of this project, and of none that there is not', async (t) => {
  const sources = [
    'packages/platform/src/metrics.ts',
    'services/api/src/watched.ts',
    'services/api/src/plugins/app/metrics.ts',
    'services/worker/src/watched.ts',
  ];
  const metrics = sources.flatMap((name) => [...read(name).matchAll(/name: '(averment_\w+)'/g)].map(([, metric]) => metric));
  const told = [...page.matchAll(/`(averment_\w+)/g)].map(([, metric]) => metric);
  t.ok(metrics.length > 10);
  t.same([...new Set(told)].sort(), [...new Set(metrics)].sort());
});
