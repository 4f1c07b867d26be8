import t from 'tap';
import { samples } from '../src/data.ts';
import { loadSamples } from '../src/loader.ts';
import { startFakeService } from './fake-service.ts';

const keys = { contributor: 'one', contributor2: 'two', reviewer: 'three', reviewer2: 'four' };
const quiet = { keys, log: () => undefined, wait: () => Promise.resolve() };

const whole = async () => {
  const service = await startFakeService();
  const loaded = await loadSamples({ ...quiet, url: service.url });
  const { requests, appended } = service.state;
  await service.close();
  return { record: service.record(), loaded, requests, appended };
};

t.test('enters every incident, with the edits ending as they should', async (t) => {
  const lines: string[] = [];
  const service = await startFakeService();
  t.teardown(service.close);
  const loaded = await loadSamples({ ...quiet, url: service.url, log: (line) => lines.push(line) });
  t.same(
    service.record().map(({ edits }) => edits.map(({ state }) => state)),
    samples.map(({ edits }) => ['applied', ...edits.map(({ ends }) => ends)]),
  );
  t.same(
    loaded.incidents.map(({ name }) => name),
    samples.map(({ name }) => name),
  );
  t.equal(loaded.open, 2);
  t.equal(lines.length, samples.length + 1, 'a line for each incident and a summary');
});

t.test('a second load changes nothing and answers the same', async (t) => {
  const service = await startFakeService();
  t.teardown(service.close);
  const first = await loadSamples({ ...quiet, url: service.url });
  const { appended, repeats } = service.state;
  const record = service.record();
  t.same(await loadSamples({ ...quiet, url: service.url }), first);
  t.same(service.record(), record);
  t.equal(service.state.appended, appended, 'nothing was appended');
  t.equal(service.state.repeats, repeats + appended, 'every step was sent again, with the body of the first time');
});

t.test('a load that is cut short anywhere is completed by the next one', async (t) => {
  const { record, loaded, requests, appended } = await whole();
  for (let cut = 1; cut <= requests; cut += 19) {
    for (const how of ['cut_before', 'cut_after'] as const) {
      const service = await startFakeService();
      service.state.fault = (request) => (request >= cut ? (request === cut ? how : 'cut_before') : null);
      await t.rejects(loadSamples({ ...quiet, url: service.url }), /failed 12 times/, `request ${cut}, ${how}`);
      service.state.fault = () => null;
      t.same(await loadSamples({ ...quiet, url: service.url }), loaded);
      t.same(service.record(), record);
      t.equal(service.state.appended, appended, 'no step counted twice');
      await service.close();
    }
  }
});

t.test('waits as long as a busy service asks, and gives up in the end', async (t) => {
  const service = await startFakeService();
  t.teardown(service.close);
  const waits: number[] = [];
  const wait = (seconds: number) => {
    waits.push(seconds);
    return Promise.resolve();
  };
  service.state.fault = (request) => (request === 3 ? 'busy' : null);
  await loadSamples({ ...quiet, wait, url: service.url });
  t.same(waits, [7]);

  service.state.fault = () => 'busy';
  await t.rejects(loadSamples({ ...quiet, wait, url: service.url }), /POST \/v1\/parties failed 12 times, the last time with: 503; Busy/);
});

t.test('an edit that somebody else approved meanwhile is taken as approved', async (t) => {
  const service = await startFakeService();
  t.teardown(service.close);
  let intrusions = 0;
  service.state.intrude = (edit, { path, body }) => {
    if (intrusions > 0 || path !== '/v1/incidents/incident_0/edits/2/decision' || body.decision !== 'approve') return;
    intrusions += 1;
    const incident = service.incidents.get('incident_0');
    if (incident === undefined) return;
    incident.revision += 3;
    Object.assign(edit, { state: 'applied', appliedRevision: incident.revision, tag: -1 });
  };
  const loaded = await loadSamples({ ...quiet, url: service.url });
  t.equal(intrusions, 1);
  t.same(await loadSamples({ ...quiet, url: service.url }), loaded, 'and so it is in the next run');
});

t.test('an edit whose tag is stale is read again', async (t) => {
  const service = await startFakeService();
  t.teardown(service.close);
  let touched = false;
  service.state.intrude = (edit) => {
    if (touched) return;
    touched = true;
    edit.tag += 1000;
  };
  const loaded = await loadSamples({ ...quiet, url: service.url });
  t.ok(touched);
  t.equal(loaded.incidents.length, samples.length);
});

t.test('a decision of somebody else against a sample ends the load with a readable error', async (t) => {
  const service = await startFakeService();
  t.teardown(service.close);
  service.state.intrude = (edit) => Object.assign(edit, { state: 'rejected' });
  await t.rejects(loadSamples({ ...quiet, url: service.url }), /step averment-samples:phoenix:1 was answered 409; EditClosed/);
});
