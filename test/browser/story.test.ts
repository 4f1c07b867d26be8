import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { client, expectStatus, type Json } from '../e2e/client.ts';
import { startServer } from '../e2e/server.ts';
import { findings } from './accessible.ts';
import { browserMissing, openBrowser, type Visitor, visitor } from './browser.ts';
import { namedPages } from './pages.ts';
import { type Scene, tellStory } from './story.ts';

t.test('the story of an article, by clicking from the printed link on', { skip: browserMissing }, async (t) => {
  const { url, keys } = await startServer(t);
  const browser = await openBrowser(t);
  const visitors: Visitor[] = [];
  const scenes: Scene[] = [];
  await tellStory({
    keys,
    open: async () => {
      const one = await visitor(browser, { url });
      visitors.push(one);
      return one.page;
    },
    scene: async (scene) => {
      scenes.push(scene);
      t.same(await findings(scene.page), [], `axe finds nothing where ${scene.name} is told`);
    },
  });

  const [told] = (expectStatus(await client(url, null).get('/v1/incidents?q=boat'), 200).items as Json[]) ?? [];
  const record = expectStatus(await client(url, null).get(`/v1/incidents/${told?.id}`), 200);
  t.match(record, {
    claims: [{ standing: 'contradicted' }, { standing: 'corrected', value: { value: '2' } }, { stance: 'denies' }],
    disputes: [{ grounds: 'He saw the boat drift away from the officers.' }],
    rulings: [{ inForce: true }],
    corrections: [{ reason: 'Misread by the first editor.' }],
  });
  for (const { faults } of visitors) t.same(faults(), [], 'nothing outside is asked, and nothing goes wrong');

  const docs = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'desk.md'), 'utf8');
  for (const { name, title } of [...scenes, ...namedPages]) t.match(docs, `![${title}](desk/${name}.webp)`, 'docs/desk.md shows it');
});
