import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** A file of lines. At `maxBytes` it becomes `<name>.1` and a new one begins, so that there are never more than two. */
export interface LogFile {
  write(text: string): void;
  close(): void;
}

/** Writes synchronously: the last line before a crash matters most. */
export function openLogFile(path: string, maxBytes = 10_000_000): LogFile {
  let fd = openSync(path, 'a');
  let bytes = fstatSync(fd).size;
  const rotate = () => {
    closeSync(fd);
    renameSync(path, `${path}.1`);
    fd = openSync(path, 'a');
    bytes = 0;
  };
  return {
    write(text) {
      if (bytes >= maxBytes) rotate();
      bytes += writeSync(fd, text);
    },
    close: () => closeSync(fd),
  };
}

/** A log file for each part, opened at its first line. */
export interface Logs {
  readonly folder: string;
  write(name: string, line: string): void;
  close(): void;
}

/** `<folder>/<name>.log` for each name. Lines after `close` are dropped. */
export function openLogs(folder: string): Logs {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, LogFile>();
  let isOpen = true;
  return {
    folder,
    write(name, line) {
      if (!isOpen) return;
      const file = files.get(name) ?? openLogFile(join(folder, `${name}.log`));
      files.set(name, file);
      file.write(`${line}\n`);
    },
    close() {
      isOpen = false;
      for (const file of files.values()) file.close();
    },
  };
}
