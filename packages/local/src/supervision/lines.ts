import { parseJson } from '@updraft/service';

/** What a person should see of a line of a log. */
export interface Remark {
  readonly level: 'info' | 'warn' | 'error';
  readonly text: string;
}

/**
 * A line of a program → what the screen shows of it: pino's warnings and errors, and plain lines that begin a sentence (on stderr a set-up
 * error, or the first line of a crash). Undefined for the rest.
 */
export function readRemark(line: string, stream: 'stdout' | 'stderr'): Remark | undefined {
  const entry = line.startsWith('{') ? (parseJson(line) as Record<string, unknown> | undefined) : undefined;
  if (entry === undefined) return plainRemark(line, stream === 'stdout' ? 'info' : 'error');
  if (entry.level === 'warn') return { level: 'warn', text: sentence(entry) };
  if (entry.level === 'error' || entry.level === 'fatal') return { level: 'error', text: sentence(entry) };
  return undefined;
}

/** Indented lines are stacks and excerpts of source. Node's last line after a crash names its version. */
function plainRemark(line: string, level: Remark['level']): Remark | undefined {
  if (line.trim() === '' || /^\s/.test(line) || /^(Node\.js v|node:|file:|\^|\}|at )/.test(line)) return undefined;
  return { level, text: clean(line) };
}

function sentence(entry: Record<string, unknown>): string {
  const message = typeof entry['msg'] === 'string' ? entry['msg'] : '';
  const reason = errorMessage(entry['err']);
  if (reason === undefined || message.includes(reason)) return clean(message);
  return clean(message === '' ? reason : `${message}: ${reason}`);
}

function errorMessage(err: unknown): string | undefined {
  if (typeof err !== 'object' || err === null || !('message' in err)) return undefined;
  return typeof err.message === 'string' ? err.message : undefined;
}

/** One line without control characters: strangers may have written the text. */
function clean(text: string): string {
  const visible = text.replaceAll(/\p{Cc}+/gu, ' ').trim();
  return visible.slice(0, 500);
}
