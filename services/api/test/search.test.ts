import t from 'tap';
import { harnessFor } from './support/harness.ts';
import { furnish, publish } from './support/story.ts';

const harness = await harnessFor(t);

t.test('a value is asked for as its aspect has it, and what describes a person is no filter', async (t) => {
  const own = await harness(t);
  await publish(own, await furnish(own));
  for (const path of ['/v1/incidents', '/v1/claims']) {
    const refused = async (query: Record<string, string>) => {
      const { status, body } = await own.read(path, { query });
      return [status, (body.errors as { pointer: string; message: string }[])[0]];
    };
    t.match(await refused({ value: 'firearm' }), [400, { pointer: '/query/value', message: 'goes with an aspect' }]);
    t.match(await refused({ aspect: 'weapon', value: 'sword' }), [
      400,
      { pointer: '/query/value', message: /^must, for weapon, be firearm, blade,.* unknown, none/ },
    ]);
    t.match(await refused({ aspect: 'shots_fired', value: 'three' }), [400, { message: /a number and shot, as "3 shot"/ }]);
    t.match(await refused({ aspect: 'statistic', value: '3' }), [400, { message: /a number and a unit/ }]);
    t.match(await refused({ aspect: 'intent', value: 'to flee' }), [400, { message: /words of a text are found by q/ }]);
    t.match(await refused({ aspect: 'weapn' }), [400, { pointer: '/query/aspect' }]);
    const right: Record<string, string>[] = [
      { aspect: 'weapon', value: 'none' },
      { aspect: 'shots_fired', value: '3' },
      { aspect: 'shots_fired', value: '3 shot' },
      { aspect: 'vehicle_motion', value: 'true' },
      { country: 'US' },
    ];
    for (const query of right) t.equal((await own.read(path, { query })).status, 200, JSON.stringify(query));
    t.equal((await own.read(path, { query: { country: 'usa' } })).status, 400);
  }
  const { body } = await own.read('/openapi.json');
  type Parameter = { name: string; description?: string };
  const parameters = (body.paths as Record<string, { get: { parameters: Parameter[] } }>)['/v1/incidents']?.get.parameters ?? [];
  t.match(parameters.find(({ name }) => name === 'q')?.description, /plain ones \(`Lukasz` finds Łukasz/);
});
