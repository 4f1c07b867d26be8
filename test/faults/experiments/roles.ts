import { everybody } from '@averment/access';
import { acknowledged, checkAll } from '../checks.ts';
import type { Json } from '../client.ts';
import { type Experiment, expected, noRedis, together, type Verdict } from '../experiment.ts';
import { furnished, publish } from '../work.ts';

type Document = { paths: Record<string, Record<string, { 'x-roles': string[]; requestBody?: object }>> };
/** Parameters without which a route cannot be asked at all. */
const queries: Record<string, string> = { '/v1/incidents/{id}/diff': '?from=0&to=1', '/v1/reviews': '?author=me' };

export const roleMatrix: Experiment = {
  name: '10 roles',
  what: 'every route of the OpenAPI document is asked by every role, at one api process after the other, while the document itself comes from the other',
  profiles: ['distributed'],
  impossible: noRedis,
  run: async (scope, random, place) => {
    const { bed, urls, client, basics } = await furnished(scope, place, 'roles');
    const { incident } = await publish({ client, basics, random, name: 'roles' }, 'one');
    const head = await bed.log.head();
    const documents = await Promise.all(urls.map(async (url) => (await (await fetch(`${url}/openapi.json`)).json()) as Document & Json));
    const [document] = documents;
    const verdicts: Verdict[] = documents.map((other) => expected('the documents of the processes', other, document));

    const idIn = (path: string) => {
      if (path.startsWith('/v1/sources')) return basics.source;
      if (path.startsWith('/v1/parties')) return basics.police;
      return path.startsWith('/v1/parked') ? '1' : incident;
    };
    const asks = Object.entries(document?.paths ?? {}).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        everybody.map((role) => ({ path, method: method.toUpperCase(), operation, role })),
      ),
    );
    for (const { path, method, operation, role } of random.shuffle(asks)) {
      const filled = path
        .replace('{id}', idIn(path))
        // None that there is: who may use the route is decided before, and whose the edit is after.
        .replace('{edit}', '99')
        .replace('{name}', 'not-found')
        .replace('{subject}', 'somebody');
      // A body that no route takes: who may use the route is decided before the body is looked at.
      const body = operation.requestBody && { body: '{"not":"a body"}' };
      const headers = {
        ...(role !== 'none' && { authorization: `Bearer ${await bed.keyOf(`${role}0`)}` }),
        ...(body && { 'content-type': 'application/json' }),
      };
      const answer = await fetch(`${random.pick(urls)}${filled}${queries[path] ?? ''}`, { method, headers, ...body });
      // What a stream says has no end.
      await answer.body?.cancel();
      const listed = operation['x-roles'].includes(role);
      const turnedAway = answer.status === 401 || answer.status === 403;
      verdicts.push(expected(`${method} ${path} as ${role} turned away (${answer.status})`, turnedAway, !listed));
      verdicts.push(expected(`${method} ${path} as ${role} answered 5xx`, answer.status >= 500, false));
    }
    verdicts.push(expected('the head of the log', String(await bed.log.head()), String(head)), await checkAll(bed, client, null));
    const tried = { 'routes times roles': asks.length };
    return { ...together(verdicts), tried, acknowledged: acknowledged(client) };
  },
};
