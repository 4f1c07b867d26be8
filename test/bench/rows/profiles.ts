import { redisMissing } from '@averment/platform/testing';
import type { Row } from '../bench.ts';
import { compared, skipped } from '../report.ts';
import { decision, edit } from './edit.ts';
import { readable } from './readable.ts';

/** The rows that touch the log and the jobs, on the distributed profile beside the embedded one: the same data, one after the other. */
export const profiles: Row = async (bench) => {
  const measure = 'the distributed profile beside the embedded one';
  if (bench.eventLogUrl === null) return [skipped(measure, 'EVENT_LOG_URL names no EventStoreDB')];
  if (redisMissing) return [skipped(measure, redisMissing)];
  const { stacks } = bench;
  const lines = [];
  for (const row of [edit, decision, readable]) {
    const peers = await row({ ...bench, stacks: { ...stacks, main: stacks.embedded } });
    const owns = await row({ ...bench, stacks: { ...stacks, main: stacks.distributed } });
    for (const [index, own] of owns.entries()) {
      const what = `distributed: ${own.measure.replace(/; beside it.*/, '')}; beside it embedded`;
      const { unit } = own.figures;
      lines.push(compared(what, { own: own.figures.own, peer: peers[index]?.figures.own ?? [] }, { unit, aim: null, share: [] }));
    }
  }
  return lines;
};
