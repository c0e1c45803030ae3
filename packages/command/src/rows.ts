import type { CommandIo } from './run-command.ts';

/** The option of commands whose answer is data, for `command.option(...JSON_OPTION)`. */
export const JSON_OPTION = ['--json', 'a JSON object a line instead of text'] as const;

/** Writes one row of an answer: its columns between tabs, or `data` as one line of JSON. */
export function writeRow(
  { out }: CommandIo,
  { json }: { readonly json?: true | undefined },
  columns: readonly (string | number)[],
  data: object,
): void {
  out(json === true ? JSON.stringify(data) : columns.join('\t').trimEnd());
}
