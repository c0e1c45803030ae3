import { SetupError } from '@updraft/service';
import { describeExit } from '../process/child.ts';
import { type NodeProgram, nodeProgram, type ProgramOutput } from '../supervision/node-program.ts';

/**
 * Runs `pnpm migrate up`.
 * @throws SetupError with the command's last words when it fails
 */
export async function runMigrations(
  program: NodeProgram,
  { output, signal, advice }: { output: ProgramOutput; signal: AbortSignal; advice: string },
): Promise<void> {
  // the command reports its progress on stderr; a failure is thrown below
  const quiet: ProgramOutput = { ...output, remark: (name, { text }) => output.remark(name, { level: 'info', text }) };
  const running = await nodeProgram(program, quiet).start({ signal, onSpawn: () => {} });
  const end = () => void running.kill('SIGTERM');
  signal.addEventListener('abort', end, { once: true });
  const exit = await running.exited;
  signal.removeEventListener('abort', end);
  signal.throwIfAborted();
  if (exit.code === 0) return;
  throw new SetupError(
    `The migrations failed (${describeExit(exit)}): ${running.lastWords?.()?.text ?? 'without a word'}. ${advice}`,
  );
}
