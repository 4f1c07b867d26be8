import { editBody, erasureBody } from '@averment/domain';
import t from 'tap';
import { testCommands } from '../src/testing.ts';
import { asked, made, published } from './story.ts';
import { memoryLog } from './support.ts';

t.test('whoever asks for texts to be erased does not disturb a decision on the same incident', async (t) => {
  const log = memoryLog();
  const { commands, incident, source } = await published(log);
  const body = editBody.parse({
    baseRevision: 4,
    rationale: 'The title was poor.',
    changes: [
      {
        kind: 'correct_incident',
        set: { title: 'Shots' },
        reason: 'The title was poor.',
        citations: [{ source, quote: { exact: 'the car stood still' } }],
      },
    ],
  });
  const path = `/v1/incidents/${incident}/edits`;
  const { edit, etag } = await made(commands.submitEdit(asked('a', path, body), { incident, body }));
  const vote = { decision: 'approve', reason: 'Checked.' } as const;
  const voter = asked('reviewer', `${path}/${edit}/decision`, vote);
  const sent = { stream: incident, edit, ifMatch: [etag], ...vote };
  const text = erasureBody.parse({ targets: [{ incident, revision: null }], ground: 'error', reason: 'It is here by mistake.' });
  let first: object | undefined;
  const slow = testCommands({
    log,
    // While this process reads what the vote needs, another one answers the same request, and somebody asks this one for an erasure.
    findQuotes: async () => {
      first ??= await made(commands.decideEdit(voter, sent));
      await made(slow.requestErasure(asked('b', '/v1/erasures', text), text));
      return new Map();
    },
  });
  t.same(await slow.decideEdit(voter, sent), { ok: true, value: first });
});
