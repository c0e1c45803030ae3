import { bytes, clock, count, lasting, rowCount, seconds } from './format.ts';
import { drawLine, type Line, type Span, sparkline } from './line.ts';
import { type NamedAddress, type PartView, type RowCount, SHOWN_TABLES, type Snapshot } from './snapshot.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** The live view, narrower than `columns` and lower than `rows`. When room is short, the blank lines go first, then the oldest warnings. */
export function renderScreen(snapshot: Snapshot, size: ScreenSize): string {
  const height = Math.max(1, size.rows - 1);
  const width = Math.max(20, size.columns - 1);
  const sections = [header(snapshot, width), flow(snapshot, width), amounts(snapshot, width), processes(snapshot)];
  const fixed = sections.reduce((sum, section) => sum + section.length, 0);
  const wantedRemarks = snapshot.remarks.length === 0 ? 0 : Math.min(3, snapshot.remarks.length + 1);
  const isAiry = fixed + sections.length + wantedRemarks <= height;
  sections.push(warnings(snapshot, height - fixed - (isAiry ? sections.length : 0)));
  const filled = sections.filter((section) => section.length > 0);
  const lines = filled.flatMap((section, index) => (isAiry && index > 0 ? [[], ...section] : section));
  return fittingLines(lines, height)
    .map((line) => drawLine(line, width))
    .join('\n');
}

/** The first lines; where some don't fit, the last one says how many. */
function fittingLines(lines: readonly Line[], height: number): readonly Line[] {
  if (lines.length <= height) return lines;
  return [...lines.slice(0, height - 1), [dim(`… ${lines.length - height + 1} more lines in a taller window`)]];
}

const LABEL_WIDTH = 12;
const COLUMN_WIDTH = 44;
const HINT = 'Ctrl-C stops it';

function header({ network, figures, addresses }: Snapshot, width: number): Line[] {
  const host = hostOf(figures?.connectedTo ?? '');
  const reading = host === '' || host.startsWith('127.') ? '' : `, reading ${host}`;
  const title = `${network}${reading}`;
  const room = width - LABEL_WIDTH - title.length;
  return [
    [
      { text: 'Updraft'.padEnd(LABEL_WIDTH), style: ['bold', 'cyan'] },
      { text: title },
      ...(room > HINT.length ? [dim(HINT.padStart(room))] : []),
    ],
    ...inRowsOf(fitting(width, COLUMN_WIDTH - LABEL_WIDTH / 2, 2), addresses).map((pair) => pair.flatMap(addressSpans)),
  ];
}

function addressSpans({ label: name, address }: NamedAddress): Span[] {
  return [label(name), { text: address.padEnd(COLUMN_WIDTH - LABEL_WIDTH) }];
}

function flow({ figures, isLive, rates }: Snapshot, width: number): Line[] {
  if (figures === undefined) return [[{ text: 'The indexer does not answer yet.', style: 'yellow' }]];
  const { eventsPerSecond, total, lagSeconds, connectedTo } = figures;
  const rate = eventsPerSecond === undefined ? '–' : count(eventsPerSecond);
  const words: Span[] = [
    { text: `${rate} events/s`, style: ['bold', 'green'] },
    { text: `   ${count(total)} since start   ` },
  ];
  if (connectedTo === undefined) return [[...words, { text: 'no connection to the network', style: 'yellow' }]];
  if (isLive) {
    const isLate = (lagSeconds ?? 0) > 60;
    words.push(
      { text: 'lag ' },
      { text: seconds(lagSeconds), ...(isLate && { style: 'yellow' as const }) },
      { text: '   ' },
    );
  }
  const used = words.reduce((sum, { text }) => sum + text.length, 0);
  return [[...words, { text: sparkline(rates, Math.min(60, width - used)), style: 'green' }]];
}

function amounts({ rows, figures }: Snapshot, width: number): Line[] {
  const cells = SHOWN_TABLES.map(([table, name]) => cell(name, rows?.[table]));
  const stored = inRowsOf(fitting(width - LABEL_WIDTH, CELL_WIDTH, 3), cells).map(
    (line, index): Line => [label(index === 0 ? 'Rows' : ''), ...line],
  );
  if (figures === undefined) return stored;
  const { batches, retries, rejected, gaps, queueBytes } = figures;
  return [
    ...stored,
    [
      label('Writing'),
      { text: `batches ${count(batches)}   ` },
      ...alarming('retries', retries),
      ...alarming('rejected', rejected),
      ...alarming('gaps', gaps),
      { text: `waiting ${bytes(queueBytes)}` },
    ],
  ];
}

const CELL_WIDTH = 22;

function cell(name: string, value: RowCount | undefined): Span {
  return { text: `${name.padEnd(9)}${rowCount(value).padStart(11)}  ` };
}

function alarming(name: string, value: number): Span[] {
  return [{ text: `${name} ${count(value)}`, ...(value > 0 && { style: 'yellow' as const }) }, { text: '   ' }];
}

function processes({ parts, atMs }: Snapshot): Line[] {
  const width = nameWidth(parts);
  const head = dim(
    `${'Process'.padEnd(width)}${'state'.padEnd(11)}${'for'.padStart(10)}${'restarts'.padStart(11)}${'memory'.padStart(11)}`,
  );
  return [[head], ...parts.map((part) => processLine(part, atMs, width))];
}

function nameWidth(parts: readonly PartView[]): number {
  return Math.max(LABEL_WIDTH, ...parts.map(({ name }) => name.length + 2));
}

function processLine(part: PartView, atMs: number, width: number): Line {
  const { name, state, sinceMs, restarts, residentBytes } = part;
  return [
    { text: name.padEnd(width) },
    { text: state.padEnd(11), style: state === 'running' ? 'green' : 'yellow' },
    { text: lasting(atMs - sinceMs).padStart(10) },
    { text: String(restarts).padStart(11), ...(restarts > 0 && { style: 'yellow' as const }) },
    { text: bytes(residentBytes).padStart(11) },
  ];
}

function warnings({ remarks, parts }: Snapshot, room: number): Line[] {
  if (remarks.length === 0 || room < 2) return [];
  const width = nameWidth(parts);
  const shown = remarks
    .slice(-(room - 1))
    .map(
      ({ atMs, part, level, text }): Line => [
        dim(`${clock(atMs)}  `),
        { text: part.padEnd(width), style: level === 'info' ? 'green' : level === 'warn' ? 'yellow' : 'red' },
        { text },
      ],
    );
  return [[dim('What happened')], ...shown];
}

function label(text: string): Span {
  return dim(text.padEnd(LABEL_WIDTH));
}

function dim(text: string): Span {
  return { text, style: 'dim' };
}

/** How many columns of that width fit beside each other: at least one, at most `most`. */
function fitting(width: number, each: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor((width + 2) / each)));
}

function inRowsOf<T>(size: number, items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, row) => items.slice(row * size, (row + 1) * size));
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
