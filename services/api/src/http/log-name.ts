import { Refusal } from '../problems/problem.ts';

/** The name of the log that positions belong to. Throws where a client followed another one, by the parameter `after`. Asked before events are read: if the log is restored in between, the client has the older name, and is told so the next time. */
export const requireLog = async (logName: () => Promise<string>, followed: string | undefined, after = 'after'): Promise<string> => {
  const log = await logName();
  if (followed !== undefined && followed !== log)
    throw new Refusal('LogChanged', {
      detail: `The log was ${followed}, and is ${log} now. Start anew from \`${after}=0\`, without \`log\`.`,
    });
  return log;
};
