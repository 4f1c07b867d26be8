import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { type PartyFacts, standings, timeZone, topmost } from '../src/index.ts';
import { asRead, claim, fold, on, parties, proceeding, ruling, tagCase } from './given.ts';

// What is derived costs as much as the record is large: steps are counted, since a clock tells of the machine.

/** How often something is looked up. */
class Counted<K, V> extends Map<K, V> {
  looked = 0;
  override get(key: K): V | undefined {
    this.looked += 1;
    return super.get(key);
  }
}

t.test('a line of bodies above one another is followed once, also where it leads back', async (t) => {
  const length = 5000;
  const all = new Counted<string, PartyFacts>();
  const body = (index: number, parent: number | null): PartyFacts => ({
    id: `p${index}`,
    kind: 'agency',
    private: false,
    publicRole: null,
    parent: parent === null ? null : `p${parent}`,
    mergedInto: null,
    name: null,
  });
  for (let index = 0; index < length; index += 1) all.set(`p${index}`, body(index, index === 0 ? null : index - 1));
  t.equal(
    topmost(`p${length - 1}`, (id) => all.get(id)),
    'p0',
  );
  t.equal(all.looked, length);
  all.set('p0', body(0, length - 1));
  t.equal(
    topmost('p7', (id) => all.get(id)),
    'p0',
    'the smallest of the circle',
  );
});

t.test('a chain of proceedings is followed once, however many rulings name proceedings of it', async (t) => {
  const looks = (length: number) => {
    const chain = Array.from({ length }, (_, index) => proceeding(`p${index}`, index === 0 ? {} : { continues: `p${index - 1}` }));
    const rulings = chain.map((_, index) =>
      ruling(`r${index}`, { effects: [on.claim('c', 'upholds'), on.proceeding(`p${length - 1 - index}`, 'closed')] }),
    );
    const state = fold(asRead([claim('c', { by: 'bureau', aspect: 'fled', about: 'driver' }), ...chain, ...rulings]));
    const counted = new Counted(state.proceedings);
    state.proceedings = counted;
    t.equal([...standings(state, parties, tagCase).values()][0]?.standing, 'upheld', 'all of them are one case');
    return counted.looked;
  };
  const [some, more] = [looks(200), looks(400)];
  t.ok(more <= 2 * some + 10, `${some} looks for 200, ${more} for 400`);
});

t.test('only time zones that there are stay in memory: others may be as long as a body', async (t) => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const size = () => {
    collect();
    return process.memoryUsage().heapUsed + process.memoryUsage().external;
  };
  const before = size();
  for (let index = 0; index < 20; index += 1) timeZone.safeParse(`A${String(index).padStart(2_000_000, 'b')}`);
  t.ok(size() - before < 20_000_000, 'twenty of 2 MB are not kept');
});
