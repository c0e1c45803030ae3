// The data folder: who may use it, its logs (log-file.ts) and the key of clean-ups (token-key.ts).
//
// In:  the folder's path, and each process that is started or gone.
// Out: the right to use the folder (`Ownership`), or a SetupError that names the process that has it.
// Invariant: at most one living `npm start` uses a folder, and what a killed one left running ends before the next one starts anything.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from '@updraft/service';
import { identify, isAlive, type ProcessIdentity } from '../process/process-identity.ts';

/** The right to use a data folder: one `npm start` at a time. */
export interface Ownership {
  /** Notes that a process has started or is gone, so that the next start finds it should this process be killed. */
  note(pid: number, alive: boolean): Promise<void>;
  /** Notes the variables by which commands find what runs here: scripts/local-login.mjs reads them. No secrets: others may read the file. */
  announce(forCommands: Readonly<Record<string, string>>): Promise<void>;
  release(): Promise<void>;
}

interface RunFile {
  readonly owner: ProcessIdentity;
  readonly children: readonly ProcessIdentity[];
}

const END_WITHIN_MS = 10_000;

/**
 * Takes the folder, ending first what a killed owner left running.
 * @throws SetupError when a living `npm start` owns it
 */
export async function takeFolder(folder: string, report: (line: string) => void): Promise<Ownership> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'run.json');
  const earlier = await readRunFile(path);
  if (earlier !== undefined) {
    if (await isAlive(earlier.owner)) {
      throw new SetupError(
        `An Updraft (pid ${earlier.owner.pid}) already runs on ${folder}. Stop it, or run another one beside it: npm start -- --port-offset 100.`,
      );
    }
    await endOrphans(earlier.children, report);
  }
  const owner = await identify(process.pid);
  if (owner === undefined)
    throw new SetupError('This process does not find itself in the list of processes: ps or /proc is missing.');
  return createOwnership(path, owner);
}

async function createOwnership(path: string, owner: ProcessIdentity): Promise<Ownership> {
  const children = new Map<number, ProcessIdentity>();
  let forCommands: Readonly<Record<string, string>> = {};
  let writing = Promise.resolve();
  const write = () => writeWhole(path, { owner, children: [...children.values()], forCommands });
  const update = async (pid: number, alive: boolean) => {
    const identity = alive ? await identify(pid) : undefined;
    if (identity === undefined) children.delete(pid);
    else children.set(pid, identity);
    await write();
  };
  await write();
  return {
    note(pid, alive) {
      writing = writing.then(() => update(pid, alive));
      return writing;
    },
    announce(variables) {
      forCommands = variables;
      writing = writing.then(write);
      return writing;
    },
    async release() {
      await writing;
      await rm(path, { force: true });
    },
  };
}

async function writeWhole(path: string, content: object): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(content));
  await rename(`${path}.new`, path);
}

async function readRunFile(path: string): Promise<RunFile | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isRunFile(value) ? value : undefined;
  } catch {
    return undefined; // none yet, or one that a crash left half written
  }
}

function isRunFile(value: unknown): value is RunFile {
  if (typeof value !== 'object' || value === null || !('owner' in value) || !('children' in value)) return false;
  return isIdentity(value.owner) && Array.isArray(value.children) && value.children.every(isIdentity);
}

function isIdentity(value: unknown): value is ProcessIdentity {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('startedAt' in value)) return false;
  return Number.isSafeInteger(value.pid) && Number(value.pid) > 1 && typeof value.startedAt === 'string';
}

async function endOrphans(children: readonly ProcessIdentity[], report: (line: string) => void): Promise<void> {
  for (const child of children.toReversed()) {
    if (!(await isAlive(child))) continue;
    report(`Ending a process (pid ${child.pid}) that an earlier run left behind`);
    process.kill(child.pid, 'SIGTERM');
    if (await isGoneWithin(child, END_WITHIN_MS)) continue;
    process.kill(child.pid, 'SIGKILL');
    await isGoneWithin(child, END_WITHIN_MS);
  }
}

async function isGoneWithin(child: ProcessIdentity, ms: number): Promise<boolean> {
  for (const deadline = Date.now() + ms; Date.now() < deadline; await delay(50)) {
    if (!(await isAlive(child))) return true;
  }
  return false;
}
