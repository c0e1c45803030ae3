import { SetupError, sleep } from '@updraft/service';
import { describeExit, startChild } from '../process/child.ts';
import { createLineCutter, type Remark, readRemark } from './lines.ts';
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

const readyWithinMs = 60_000;

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
  const ready = Promise.withResolvers<void>();
  let last: LastWords | undefined;
  const onLine = (stream: 'stdout' | 'stderr') => (line: string) => {
    if (line.startsWith('ready')) return ready.resolve();
    output.line(program.name, line);
    const remark = readRemark(line, stream);
    if (remark === undefined) return;
    last = { text: remark.text, atMs: Date.now() };
    output.remark(program.name, remark);
  };
  child.process.stdout?.on('data', createLineCutter(onLine('stdout')));
  child.process.stderr?.on('data', createLineCutter(onLine('stderr')));
  const part: RunningPart = { ...child, lastWords: () => last, stop: () => child.stop() };
  if (!program.announcesReady) return part;
  output.remark(program.name, { level: 'info', text: 'starting, which may take a minute' });
  await untilAnnounced(program.name, ready.promise, part, context.signal);
  return part;
}

async function untilAnnounced(
  name: string,
  announced: Promise<void>,
  part: RunningPart,
  signal: AbortSignal,
): Promise<void> {
  const giveUp = () => void part.stop();
  signal.addEventListener('abort', giveUp, { once: true });
  const late = new AbortController();
  const failed = part.exited.then((exit) => {
    const words = part.lastWords?.()?.text;
    throw new SetupError(`${name} did not start (${describeExit(exit)})${words === undefined ? '' : `: ${words}`}`);
  });
  const tooLate = sleep(readyWithinMs, late.signal).then(async () => {
    await part.kill('SIGKILL');
    throw new SetupError(`${name} was not ready within ${readyWithinMs / 1000} s.`);
  });
  tooLate.catch(() => undefined); // it may lose the race
  try {
    await Promise.race([announced, failed, tooLate]);
  } finally {
    late.abort();
    signal.removeEventListener('abort', giveUp);
  }
}
