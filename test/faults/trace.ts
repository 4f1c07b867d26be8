/** One finished system call of a trace: which process, what, with which arguments, and where in the order of the trace it began and ended. */
type Call = { pid: number; name: string; args: string; begun: number; ended: number };

/** Reads the output of `strace -f`: calls that others came in between of stand on two lines. */
export const parseTrace = (trace: string): Call[] => {
  const calls: Call[] = [];
  const open = new Map<string, Call>();
  for (const [line, text] of trace.split('\n').entries()) {
    const [, pid = '0', rest = ''] = /^(?:\[pid +)?(\d+)\]? +(.*)$/.exec(text) ?? [];
    const resumed = /^<\.\.\. (\w+) resumed>(.*)$/.exec(rest);
    if (resumed) {
      const call = open.get(`${pid} ${resumed[1]}`);
      if (call) Object.assign(call, { args: `${call.args}${resumed[2]}`, ended: line });
      open.delete(`${pid} ${resumed[1]}`);
      continue;
    }
    const begun = /^(\w+)\((.*)$/.exec(rest);
    if (!begun) continue;
    const [, name = '', args = ''] = begun;
    const unfinished = args.endsWith('<unfinished ...>');
    const call = { pid: Number(pid), name, args, begun: line, ended: unfinished ? Number.POSITIVE_INFINITY : line };
    calls.push(call);
    if (unfinished) open.set(`${pid} ${name}`, call);
  }
  return calls;
};

type Traced = { answers: number; findings: string[] };

/**
 * For each answer that a 201 begins with: the request came before it, and between the two one of the processes of the database that write the log flushed the
 * write-ahead log, to the end. `writers` are the ids of those processes; requests must have been sent one at a time.
 */
export const flushedBeforeAnswered = (calls: readonly Call[], api: ReadonlySet<number>, writers: ReadonlySet<number>): Traced => {
  const sends = /^(?:write|writev|sendto|sendmsg)$/;
  const receives = /^(?:read|readv|recvfrom|recvmsg)$/;
  const requests = calls.filter(({ pid, name, args }) => api.has(pid) && receives.test(name) && args.includes('POST /v1/'));
  const answers = calls.filter(({ pid, name, args }) => api.has(pid) && sends.test(name) && args.includes('HTTP/1.1 201'));
  const flushes = calls.filter(({ pid, name, args }) => writers.has(pid) && /^f(?:data)?sync$/.test(name) && args.includes('/pg_wal/'));
  const findings: string[] = [];
  for (const [index, answer] of answers.entries()) {
    const request = requests.findLast(({ ended }) => ended < answer.begun);
    const flushed = request && flushes.some(({ begun, ended }) => begun > request.ended && ended < answer.begun);
    if (!request) findings.push(`answer ${index} has no request before it`);
    else if (!flushed) findings.push(`answer ${index} was sent before the write-ahead log was flushed`);
  }
  return { answers: answers.length, findings };
};
