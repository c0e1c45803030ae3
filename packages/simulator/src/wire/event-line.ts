/** Reads and changes a Jetstream event's text without parsing it, so that the rest stays as it was recorded. */

const HEAD = /^\{"did":"[^"\\]*","time_us":(\d+)(,"cursor":\d+)?(?=[,}])/;
const TIME_ANYWHERE = /"time_us":(\d+)/;

/** The event's `time_us`, or NaN when its text names none. */
export function timeUsOf(line: string): number {
  const match = HEAD.exec(line) ?? TIME_ANYWHERE.exec(line);
  return match ? Number(match[1]) : Number.NaN;
}

/** The same event with this `cursor`, in the place where the new server writes it. Text that is not a JSON object stays as it is. */
export function withCursor(line: string, cursor: number): string {
  const match = HEAD.exec(line);
  if (match) {
    const kept = match[0].length - (match[2]?.length ?? 0);
    return `${line.slice(0, kept)},"cursor":${cursor}${line.slice(match[0].length)}`;
  }
  return line.startsWith('{"') && line.endsWith('}') ? `{"cursor":${cursor},${line.slice(1)}` : line;
}
