import { type BuildProgram, runCommand } from '@updraft/command';

/** A command of `pnpm admin` in this process, which takes a second less than one of its own: its exit code, and all that it wrote. */
export async function runAdmin(
  build: BuildProgram,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; output: string }> {
  let output = '';
  const write = (line: string) => {
    output += `${line}\n`;
  };
  const code = await runCommand('pnpm admin', build, argv, { env, out: write, note: write });
  return { code, output };
}
