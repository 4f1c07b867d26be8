import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The tours of pages as programs: each `sh` block is run in one shell, what it prints belongs into the block that follows. */

/** The pages that have one, each under a heading. */
export const tours = [
  { page: 'README.md', heading: '## Five minutes' },
  { page: 'docs/review.md', heading: '## The story' },
  { page: 'docs/cli.md', heading: '## A walk' },
  { page: 'docs/proof.md', heading: '## A verification' },
  { page: 'docs/follow.md', heading: '## A correction, by every way' },
] as const;

type Step = { command: string; answer: string /** Where the answer stands in the text. */; from: number; to: number };

const block = /^```sh\n([\s\S]*?)^```\n(?:\n```(?:json|text)\n([\s\S]*?)^```\n)?/gm;

/** The steps of the section of that heading, blocks without an answer included (`from` is -1). */
export const stepsOf = (page: string, heading: string): Step[] => {
  const start = page.indexOf(`\n${heading}\n`);
  if (start < 0) throw new Error(`the page has no section «${heading}»`);
  const end = page.indexOf('\n## ', start + heading.length + 1);
  const section = page.slice(start, end < 0 ? undefined : end);
  return [...section.matchAll(block)].map((match) => {
    const answer = match[2];
    const from = answer === undefined ? -1 : start + match.index + match[0].length - '```\n'.length - answer.length;
    return { command: match[1] ?? '', answer: answer ?? '', from, to: from + (answer?.length ?? 0) };
  });
};

/** Asks again as long as the answer is that the models are not there yet, or the service is busy: on a slow machine what was written can be read later. */
const insistingCurl = `curl() {
  local answer
  until answer=$(command curl "$@") || return; [[ $answer != *'"status":503,'* ]]; do sleep 1; done
  printf '%s\\n' "$answer"
}
`;

/** Runs the steps in one shell in the folder `root` against a server, and answers what each printed. Throws with what the shell complained of. */
export const runTour = async (steps: readonly Step[], server: { url: string; dataDir: string }, root: string): Promise<string[]> => {
  const marker = 'end-of-step-6f1d';
  const script = insistingCurl + steps.map(({ command }) => `${command}\necho; echo ${marker}\n`).join('');
  const shell = spawn('bash', ['-s'], { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  let errors = '';
  shell.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  shell.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString('utf8');
  });
  shell.stdin.end(script.replaceAll('http://127.0.0.1:8080', server.url).replaceAll('./data/', `${server.dataDir}/`));
  await once(shell, 'close');
  if (errors !== '') throw new Error(`the tour's shell said: ${errors}`);
  return said
    .split(`${marker}\n`)
    .slice(0, -1)
    .map((answer) => `${answer.trim()}\n`.replaceAll(server.url, 'http://127.0.0.1:8080'));
};

/** Without what differs from run to run: times, positions, trace ids, what follows from keys and salts of the ledger, and ETags of edits, which hold a time. Ids do not: they follow from the idempotency keys. */
export const masked = (answer: string): string =>
  answer
    .replaceAll(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, 'TIME')
    .replaceAll(/("(?:position|next|Averment-Position)": ?)"\d+"/g, '$1"POSITION"')
    .replaceAll(/^\d+(?= {2}TIME)|(?<=position )\d+/gm, 'POSITION')
    .replaceAll(/\bleaf \d+ of a ledger of \d+/g, 'LEAF')
    .replaceAll(/("traceId": ?)"[0-9a-f]+"/g, '$1"TRACE"')
    .replaceAll(/("etag": ?)"\\"(\d+-\d+)-[0-9a-z]+\\""/g, '$1"$2-ETAG"')
    .replaceAll(/averment\.invalid\/[0-9a-f]{16}/g, 'ORIGIN')
    .replaceAll(/^— ORIGIN \S+$/gm, '— ORIGIN SIGNATURE')
    .replaceAll(/[A-Za-z0-9+/]{43}=/g, 'ROOT')
    // What is signed last may be an event or two behind.
    .replaceAll(/ORIGIN\n\d+\nROOT/g, 'ORIGIN\nSIZE\nROOT')
    .replaceAll(/\d+ leaves, root/g, 'SIZE leaves, root')
    .replaceAll(/("(?:event|shown)": ?)"[0-9a-f]{64}"/g, '$1"DIGEST"')
    .trim();
