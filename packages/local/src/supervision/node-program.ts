import { SetupError } from '@updraft/service';
import { type Child, describeExit, startChild, untilReady } from '../process/child.ts';
import { listenTo } from '../process/output-lines.ts';
import { type Remark, readRemark } from './lines.ts';
import type { LastWords, Part, RunningPart, StartContext } from './part.ts';

/** A program of the project, run by this Node as a process of its own. */
export interface NodeProgram {
  readonly name: string;
  /** The path of its main file. */
  readonly main: string;
  readonly args?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** It prints `ready {…}` when it is at work, and counts as running from then on. */
  readonly announcesReady?: boolean;
}

export interface ProgramOutput {
  readonly line: (name: string, line: string) => void;
  readonly remark: (name: string, remark: Remark) => void;
}

const READY_WITHIN_MS = 60_000;

/** The program as a part, in a process group of its own: a terminal's Ctrl-C reaches `npm start` alone, which stops the parts in order. */
export function nodeProgram(program: NodeProgram, output: ProgramOutput): Part {
  return { name: program.name, start: (context) => startProgram(program, output, context) };
}

async function startProgram(program: NodeProgram, output: ProgramOutput, context: StartContext): Promise<RunningPart> {
  const child = await startChild(process.execPath, [program.main, ...(program.args ?? [])], {
    env: program.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  context.onSpawn(child.pid);
  let isReady = !program.announcesReady;
  let last: LastWords | undefined;
  listenTo(child, (line, stream) => {
    if (line.startsWith('ready')) {
      isReady = true;
      return;
    }
    output.line(program.name, line);
    const remark = readRemark(line, stream);
    if (remark === undefined) return;
    last = { text: remark.text, atMs: Date.now() };
    output.remark(program.name, remark);
  });
  if (!isReady) {
    output.remark(program.name, { level: 'info', text: 'starting, which may take a minute' });
    await requireReady(program.name, child, { isReady: () => isReady, signal: context.signal, lastWords: () => last });
  }
  return { ...child, lastWords: () => last };
}

interface Announcement {
  readonly isReady: () => boolean;
  readonly lastWords: () => LastWords | undefined;
  readonly signal: AbortSignal;
}

async function requireReady(name: string, child: Child, { isReady, lastWords, signal }: Announcement): Promise<void> {
  const giveUp = () => void child.stop();
  signal.addEventListener('abort', giveUp, { once: true });
  const state = await untilReady(child, async () => isReady(), READY_WITHIN_MS);
  signal.removeEventListener('abort', giveUp);
  if (state === 'late') throw new SetupError(`${name} was not ready within ${READY_WITHIN_MS / 1000} s.`);
  const words = lastWords() === undefined ? '' : `: ${lastWords()?.text}`;
  if (state === 'ended') throw new SetupError(`${name} did not start (${describeExit(await child.exited)})${words}`);
}
