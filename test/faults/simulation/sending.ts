import type { Caller, CommandResult } from '@averment/commands';
import { LogUnavailable, StreamUnreadable } from '@averment/event-log';
import { lastingIn } from '../lasting.ts';
import type { Process, World } from './world.ts';

type Sent = { subject: string; path: string; key: string; body: unknown; role: Caller['role']; method?: Caller['method'] };
type Answer = { position: string };
type Run<T> = (process: Process, caller: Caller) => Promise<CommandResult<T>>;

/**
 * Sends a command until it is answered: to another process after a death or an outage, always under the same key, sometimes to two processes at once.
 * Null where it was refused.
 */
export const send = async <T extends Answer>(world: World, sent: Sent, run: Run<T>): Promise<T | null> => {
  const { random } = world;
  const { method = 'POST' } = sent;
  const once = async (): Promise<CommandResult<T> | null> => {
    const process = world.api();
    const key = world.sabotage === 'keys forgotten' ? random.uuid() : sent.key;
    const caller: Caller = { ...sent, method, idempotencyKey: key, correlation: null };
    try {
      const result = await Promise.race([run(process, caller), process.died]);
      if (result === 'died') return null;
      if (result.ok)
        world.acknowledge({ ...sent, method, position: result.value.position, answer: lastingIn(JSON.stringify(result.value)) });
      return result;
    } catch (error) {
      if (error instanceof LogUnavailable) return null;
      if (error instanceof StreamUnreadable) throw new Error(`unreadable: ${error.message}`);
      throw error;
    }
  };
  for (;;) {
    const results = await Promise.all(random.chance(0.15) ? [once(), once()] : [once()]);
    const result = results.find((one) => one?.ok) ?? results.find((one) => one !== null);
    if (result?.ok) {
      // Now and then somebody repeats what was answered already.
      if (random.chance(0.1)) await once();
      return result.value;
    }
    if (result && result.error.code !== 'Busy') return null;
  }
};
