import { snakeCase } from '../row-binary/table.ts';

/** A field that an import wants, and the names that a source may have for it, the likeliest first. */
export interface WantedField {
  readonly names: readonly string[];
  /** What it is read as. `time` becomes milliseconds since 1970 (0 when there is none). */
  readonly as: 'text' | 'number' | 'time' | 'bool';
  /** The import can't do without it. */
  readonly isRequired?: boolean;
}

export interface SourceColumn {
  readonly name: string;
  readonly type: string;
}

/** Which column of the source each field is read from; undefined: from none. */
export interface ColumnMatch {
  readonly columns: Readonly<Record<string, SourceColumn | undefined>>;
  /** Required fields without a column. */
  readonly missing: readonly string[];
  /** Other fields without a column. */
  readonly absent: readonly string[];
}

/** Finds the fields' columns by their names; `chosen` (field → column) takes precedence. */
export function matchColumns(
  wanted: Readonly<Record<string, WantedField>>,
  columns: readonly SourceColumn[],
  chosen: Readonly<Record<string, string>> = {},
): ColumnMatch {
  const byName = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  const found = Object.entries(wanted).map(([field, { names, isRequired = false }]) => {
    const candidates = chosen[field] === undefined ? names : [chosen[field]];
    const column = candidates.map((name) => byName.get(name.toLowerCase())).find((match) => match !== undefined);
    return { field, column, isRequired };
  });
  const without = found.filter(({ column }) => column === undefined);
  return {
    columns: Object.fromEntries(found.map(({ field, column }) => [field, column])),
    missing: without.filter(({ isRequired }) => isRequired).map(({ field }) => field),
    absent: without.filter(({ isRequired }) => !isRequired).map(({ field }) => field),
  };
}

/** The SELECT list that gives each field under its own name in snake_case, for any type of the source; an absent field is empty. */
export function fieldExpressions(wanted: Readonly<Record<string, WantedField>>, match: ColumnMatch): string {
  return Object.entries(wanted)
    .map(([field, { as }]) => `${expression(match.columns[field], as)} AS ${snakeCase(field)}`)
    .join(', ');
}

function expression(column: SourceColumn | undefined, as: WantedField['as']): string {
  if (column === undefined) return as === 'text' ? "''" : '0.0';
  const name = `\`source\`.\`${column.name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
  if (as === 'text') return `ifNull(toString(${name}), '')`;
  if (as === 'time') return timeMs(name, column.type);
  return `ifNull(toFloat64OrNull(toString(${name})), if(lower(ifNull(toString(${name}), '')) = 'true', 1.0, 0.0))`;
}

/** Times come as DateTime, DateTime64, texts, or numbers of seconds, milliseconds or microseconds. */
function timeMs(name: string, type: string): string {
  if (/^(Nullable\()?U?Int/.test(type)) {
    const number = `toFloat64(ifNull(${name}, 0))`;
    return `multiIf(${number} >= 1e14, ${number} / 1000, ${number} >= 1e11, ${number}, ${number} * 1000)`;
  }
  const moment = /DateTime64/.test(type)
    ? name
    : /Date/.test(type)
      ? `toDateTime64(${name}, 3)`
      : `parseDateTime64BestEffortOrNull(toString(${name}), 3, 'UTC')`;
  return `toFloat64(ifNull(toUnixTimestamp64Milli(toDateTime64(${moment}, 3, 'UTC')), 0))`;
}
