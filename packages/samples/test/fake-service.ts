import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../src/client.ts';

/** A service in memory that keeps only the parts of the contract that a loader leans on: idempotency keys, edit tags, votes, revisions. */

type Edit = {
  state: string;
  version: number;
  changes: number;
  needed: number;
  approvals: Set<string>;
  appliedRevision: number | null;
  tag: number;
};
type Incident = { revision: number; edits: Edit[] };
type Reply = { status: number; body: Json; headers?: Record<string, string> };
type Asked = { method: string; path: string; subject: string; body: Json; ifMatch: string | undefined };

/** Decides what befalls the request of this number, before or after it is handled. */
type Fault = (request: number) => 'cut_before' | 'cut_after' | 'busy' | null;

export const startFakeService = async () => {
  const incidents = new Map<string, Incident>();
  const answered = new Map<string, { body: string; reply: Reply }>();
  const state = {
    requests: 0,
    appended: 0,
    repeats: 0,
    fault: (() => null) as Fault,
    intrude: null as ((edit: Edit, asked: Asked) => void) | null,
  };

  const problem = (status: number, title: string): Reply => ({ status, body: { type: `about:${title}`, title, status } });
  const needsTwo = (changes: Json[]) =>
    changes.some(({ kind, basis }) => kind === 'record_ruling' || kind === 'retract_claim' || basis === 'inferred');
  const appended = (status: number, body: Json): Reply => {
    state.appended += 1;
    return { status, body: { ...body, position: String(state.appended) } };
  };
  const refsIn = (body: unknown, prefix: string): [string, string][] => {
    if (body === null || typeof body !== 'object') return [];
    const { ref } = body as Json;
    const below = Object.values(body).flatMap((item) => refsIn(item, prefix));
    return typeof ref === 'string' ? [[ref, `${prefix}_${ref}`], ...below] : below;
  };

  const submit = (id: string, incident: Incident, body: Json): Reply => {
    const changes = (body.changes ?? body.claims) as Json[];
    const number = incident.edits.push({
      state: 'submitted',
      version: 1,
      changes: changes.length,
      needed: needsTwo(changes) ? 2 : 1,
      approvals: new Set(),
      appliedRevision: null,
      tag: state.appended,
    });
    return appended(201, { incidentId: id, edit: number, state: 'submitted', refs: Object.fromEntries(refsIn(body, `${id}_${number}`)) });
  };

  const decide = (incident: Incident, edit: Edit, { subject, body, ifMatch }: Asked): Reply => {
    if (edit.state !== 'submitted') return problem(409, 'EditClosed');
    if (ifMatch !== `"${edit.tag}"`) return problem(412, 'stale');
    edit.tag = state.appended + 1;
    if (body.decision === 'approve') {
      edit.approvals.add(subject);
      if (edit.approvals.size >= edit.needed) {
        incident.revision += edit.changes + 2;
        Object.assign(edit, { state: 'applied', appliedRevision: incident.revision });
      }
    } else edit.state = body.decision === 'reject' ? 'rejected' : 'changes_requested';
    return appended(200, { state: edit.state, ...(edit.appliedRevision === null ? {} : { appliedRevision: edit.appliedRevision }) });
  };

  const revise = (edit: Edit, { ifMatch }: Asked): Reply => {
    if (ifMatch !== `"${edit.tag}"`) return problem(412, 'stale');
    Object.assign(edit, { state: 'submitted', version: edit.version + 1, approvals: new Set(), tag: state.appended + 1 });
    return appended(200, { state: edit.state });
  };

  const handle = (asked: Asked): Reply => {
    const [, , kind = '', id = '', , number = '', act] = asked.path.split('/');
    if (asked.method === 'POST' && (kind === 'parties' || kind === 'sources')) return appended(201, { id: `${kind}_${state.appended}` });
    if (kind !== 'incidents') return problem(404, 'NotFound');
    if (asked.method === 'POST' && id === '') {
      const incident: Incident = { revision: 0, edits: [] };
      const made = `incident_${incidents.size}`;
      incidents.set(made, incident);
      return submit(made, incident, asked.body);
    }
    if (id === '') return { status: 200, body: { items: [], next: null } };
    const incident = incidents.get(id);
    if (incident === undefined) return problem(404, 'NotFound');
    if (number === '') {
      return asked.body.baseRevision === incident.revision ? submit(id, incident, asked.body) : problem(409, 'EditOutdated');
    }
    const edit = incident.edits[Number(number) - 1];
    if (edit === undefined) return problem(404, 'NotFound');
    if (asked.method === 'GET')
      return { status: 200, body: { state: edit.state, etag: `"${edit.tag}"`, appliedRevision: edit.appliedRevision } };
    state.intrude?.(edit, asked);
    return act === 'decision' ? decide(incident, edit, asked) : revise(edit, asked);
  };

  const once = (asked: Asked, key: string | undefined, body: string): Reply => {
    if (asked.method === 'GET' || key === undefined) return handle(asked);
    const name = [asked.subject, asked.method, asked.path, key].join(' ');
    const before = answered.get(name);
    if (before !== undefined) {
      state.repeats += 1;
      return before.body === body ? before.reply : problem(422, 'IdempotencyKeyReused');
    }
    const reply = handle(asked);
    if (reply.status < 300) answered.set(name, { body, reply });
    return reply;
  };

  const read = async (request: IncomingMessage) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  };

  const server = createServer((request, response) => {
    void read(request).then((body) => {
      state.requests += 1;
      const fault = state.fault(state.requests);
      if (fault === 'cut_before') return request.socket.destroy();
      const asked: Asked = {
        method: request.method ?? 'GET',
        path: (request.url ?? '/').split('?')[0] ?? '/',
        subject: (request.headers.authorization ?? '').replace('Bearer ', ''),
        body: body === '' ? {} : (JSON.parse(body) as Json),
        ifMatch: request.headers['if-match'],
      };
      const key = request.headers['idempotency-key'];
      const reply = fault === 'busy' ? { ...problem(503, 'Busy'), headers: { 'retry-after': '7' } } : once(asked, key?.toString(), body);
      if (fault === 'cut_after') return request.socket.destroy();
      return response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(JSON.stringify(reply.body));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const record = () =>
    [...incidents].map(([id, { revision, edits }]) => ({
      id,
      revision,
      edits: edits.map(({ state, version, approvals }) => ({ state, version, by: [...approvals] })),
    }));
  const close = () => {
    server.closeAllConnections();
    return new Promise<void>((closed) => server.close(() => closed()));
  };
  return { url: `http://127.0.0.1:${port}`, state, incidents, record, close };
};
