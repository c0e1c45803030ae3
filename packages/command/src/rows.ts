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
  out(json === true ? JSON.stringify(data) : columns.map(shown).join('\t').trimEnd());
}

/** Names and notes are what strangers wrote: none of it steers the terminal, ends the column or turns round what follows. */
function shown(column: string | number): string {
  return String(column)
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(/[\u202A-\u202E\u2066-\u2069]/gu, '');
}
