import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Instruction = { name: string; rest: string };
/** What stands from one FROM to the next. */
type Stage = { image: string; alias: string | null; instructions: Instruction[] };

export const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string) => readFileSync(join(root, name), 'utf8');

/** Reads a Dockerfile, in which no line is continued. */
export const stagesOf = (text: string): Stage[] => {
  const stages: Stage[] = [];
  for (const line of text.split('\n').filter((one) => one.trim() !== '' && !one.startsWith('#'))) {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*[^\\])$/.exec(line) ?? [];
    if (name === '') throw new Error(`this line is not read here: ${line}`);
    const [, image = '', alias = null] = name === 'FROM' ? (/^(\S+)(?: AS (\S+))?$/.exec(rest) ?? []) : [];
    if (name === 'FROM') stages.push({ image, alias, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, rest });
  }
  return stages;
};

export const stages = stagesOf(read('Dockerfile'));

const patterns = read('.dockerignore')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ kept: line.startsWith('!'), pattern: line.replace(/^!/, '') }));

/** Whether the context has a path: of the patterns that fit it or a folder above it, the last one counts. */
export const inContext = (path: string): boolean => {
  const parts = path.split('/');
  const fits = (pattern: string) =>
    pattern === '*' || (pattern.startsWith('**/') ? parts.includes(pattern.slice(3)) : path === pattern || path.startsWith(`${pattern}/`));
  return patterns.findLast(({ pattern }) => fits(pattern))?.kept ?? true;
};

/** Source and target of COPY, the source as a path of the context or of another stage. */
export const copyOf = ({ rest }: Instruction): { from: string | null; sources: string[]; target: string } => {
  const words = rest.split(' ');
  const from = words[0]?.startsWith('--from=') ? (words.shift() ?? '').slice('--from='.length) : null;
  return { from, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
};

const toolsInstalled = 'npm ci ';

/**
 * Does what the first stage says in a folder that stands for `/`, and answers what failed, or null. Only the tools are not installed again, as they are
 * here, and pnpm may not ask a registry: what the project itself was installed from is all it needs.
 */
export const perform = ({ instructions }: Stage, slash: string): string | null => {
  let folder = slash;
  for (const instruction of instructions) {
    const { name, rest } = instruction;
    if (name === 'WORKDIR') {
      folder = join(slash, rest);
      mkdirSync(folder, { recursive: true });
    } else if (name === 'COPY') {
      copy(instruction, folder);
    } else if (name === 'RUN' && rest.startsWith(toolsInstalled)) {
      symlinkSync(join(root, 'tools/node_modules'), join(folder, 'node_modules'));
    } else if (name === 'RUN') {
      const command = `${rest.replaceAll(/(?<= )\/(?=[a-z])/g, `${slash}/`)} --offline`;
      const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
        cwd: folder,
        encoding: 'utf8',
        // `node` is this one, as in the image, and not what the machine may have.
        env: { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`, HOME: process.env.HOME },
      });
      if (status !== 0) return `${command}: ${stdout}${stderr}`;
    } else {
      throw new Error(`${name} is not done here`);
    }
  }
  return null;
};

const copy = (instruction: Instruction, folder: string): void => {
  const { sources, target } = copyOf(instruction);
  for (const source of sources) {
    const to = target.endsWith('/') ? join(folder, target, basename(source)) : join(folder, target);
    const own = join(root, source);
    if (!existsSync(own)) throw new Error(`COPY: there is no ${source}`);
    cpSync(own, to, {
      recursive: true,
      filter: (path) => (path === own ? inContext(source) : inContext(join(source, path.slice(own.length + 1)))),
    });
  }
};
