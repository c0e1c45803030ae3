/** What the server finds wrong in settings. */
export interface SettingFault {
  /** Of the settings' text, from 1; undefined for a fault of no line. */
  readonly line: number | undefined;
  readonly text: string;
}

/** Reads the server's message: a fault on each line, such as `settings:3: kind: expected …`. */
export function readSettingFaults(message: string): readonly SettingFault[] {
  return message
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((text) => {
      const [, line, fault] = /^settings:(\d{1,6}):\s*(.*)$/su.exec(text) ?? [];
      return { line: line === undefined ? undefined : Number(line), text: fault ?? text };
    });
}

/** The entry as it stands in feeds.yaml, below `feeds:`. */
export function asEntry(name: string, settings: string): string {
  const lines = settings.trimEnd().split('\n');
  return [`  ${name}:`, ...lines.map((line) => (line === '' ? '' : `    ${line}`)), ''].join('\n');
}

/** Where a line begins and ends in a text. */
export function spanOfLine(text: string, line: number): readonly [number, number] {
  const lines = text.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  return [start, start + (lines[line - 1]?.length ?? 0)];
}
