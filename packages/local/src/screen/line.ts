import { styleText } from 'node:util';

/** A stretch of text in one style. Its characters are all one column wide. */
export interface Span {
  readonly text: string;
  readonly style?: Parameters<typeof styleText>[0];
}

export type Line = readonly Span[];

/** The line as styled text of at most `width` columns; `…` marks a cut. */
export function drawLine(line: Line, width: number): string {
  let left = width;
  let drawn = '';
  for (const { text, style } of withoutTail(line)) {
    if (left === 0) break;
    const shown = cut(text, left);
    left -= [...shown].length;
    drawn += style === undefined ? shown : styleText(style, shown);
  }
  return drawn;
}

/** Without blanks at the end, which need no room. */
function withoutTail(line: Line): Line {
  const last = line.at(-1);
  return last === undefined ? line : [...line.slice(0, -1), { ...last, text: last.text.trimEnd() }];
}

function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}

const BARS = '▁▂▃▄▅▆▇█';

/** The last `width` values as bars, the highest of them full. */
export function sparkline(values: readonly number[], width: number): string {
  if (width <= 0) return '';
  const shown = values.slice(-width);
  const highest = Math.max(1, ...shown);
  return shown.map((value) => BARS[Math.min(BARS.length - 1, Math.floor((value / highest) * BARS.length))]).join('');
}
