import t from 'tap';
import { testExperiment } from './experiment.ts';
import { flush } from './experiments/flush.ts';
import { flushedBeforeAnswered, parseTrace } from './trace.ts';

t.test(flush.name, (t) => testExperiment(t, flush));

const request = '100 read(21<socket:[1]>, "POST /v1/parties HTTP/1.1"..., 65536) = 300';
const answer = '100 write(21<socket:[1]>, "HTTP/1.1 201 Created\\r\\n"..., 500) = 500';
const begun = '200 fdatasync(7</data/pg_wal/000000010000000000000001> <unfinished ...>';
const done = '200 <... fdatasync resumed>) = 0';
const whole = '200 fdatasync(7</data/pg_wal/000000010000000000000001>) = 0';

const findings = (...lines: string[]) =>
  flushedBeforeAnswered(parseTrace(lines.join('\n')), new Set([100]), new Set([200])).findings.length;

t.test('a trace is read for what it shows', async (t) => {
  t.equal(findings(request, whole, answer), 0);
  t.equal(findings(request, begun, done, answer), 0);
  t.equal(findings(request, answer, whole), 1, 'flushed after the answer');
  t.equal(findings(whole, request, answer), 1, 'flushed before the request');
  t.equal(findings(request, begun, answer, done), 1, 'answered while it was being flushed');
  t.equal(findings(request, whole.replace('200', '300'), answer), 1, 'flushed by a stranger');
  t.equal(findings(request, whole.replace('pg_wal', 'base'), answer), 1, 'another file');
  t.equal(findings(request, whole, answer, request, answer), 1, 'each answer needs its own');
});
