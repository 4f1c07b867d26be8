import { exec } from 'node:child_process';
import { promisify } from 'node:util';
import { systemRandom } from '@averment/platform';
import { type AppendFault, startStandIn } from '../../packages/event-log/test/eventstore-stand-in/server.ts';
import { newWire } from '../../packages/event-log/test/eventstore-stand-in/wire.ts';
import type { Place, Scope } from './experiment.ts';

/** The store of events of an experiment, behind a wire that can break. */
export type EventStore = {
  /** Where the service finds it: behind the wire. */
  url: string;
  directUrl: string;
  /** What the names of this experiment's streams begin with: a store that runs already keeps what others wrote. */
  name: string;
  /** What can be done to it, by name; each resolves when it has recovered, or will by itself. `pause` resolves a little later. */
  harms: Record<string, (pause: () => Promise<unknown>) => Promise<unknown>>;
};

const appendFaults: readonly AppendFault[] = ['lost', 'ignored', 'timeout', 'not_ready', 'twice', 'ended'];

/** Opens the way to the store that is given, or to a stand-in for it, which does more harm on demand. */
export const startEventStore = async (scope: Scope, given: Place['eventLog']): Promise<EventStore> => {
  const standIn = given === null ? await startStandIn(scope) : null;
  const directUrl = standIn?.url ?? given?.url ?? '';
  const wire = await newWire(scope, directUrl);
  const { restart } = given ?? { restart: null };
  return {
    url: wire.url,
    directUrl,
    name: `faults_${systemRandom.uuid().replaceAll('-', '').slice(0, 20)}`,
    harms: {
      'connections cut': async () => wire.cut(),
      // Nobody may say anything for a while: the answer to whatever comes next is lost.
      'answer lost': (pause) => Promise.race([wire.loseNextAnswer(), pause()]),
      away: async (pause) => {
        const back = wire.refuse();
        await pause();
        back();
      },
      hung: async (pause) => {
        const goOn = wire.stall();
        await pause();
        goOn();
      },
      ...(restart !== null && { 'killed and restarted': () => promisify(exec)(restart) }),
      ...(standIn && {
        'ids forgotten': async () => standIn.forgetIds(),
        ...Object.fromEntries(appendFaults.map((fault) => [`append ${fault}`, async () => standIn.nextAppend(fault)])),
      }),
    },
  };
};
