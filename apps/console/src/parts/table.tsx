import type { ComponentChildren } from 'preact';

interface TableProps {
  /** What the table is, for those who don't see what stands above it. */
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** What is said instead of an empty table. */
  readonly none: string;
}

export interface Column {
  readonly title: string;
  /** Its cells are numbers: they stand below each other by their digits. */
  readonly isNumber?: boolean;
}

export interface Row {
  readonly key: string;
  /** One for each column. */
  readonly cells: readonly ComponentChildren[];
}

/** A table. On a narrow screen each row is a block of its own, with the columns' titles beside the cells. */
export function Table({ label, columns, rows, none }: TableProps) {
  if (rows.length === 0) return <p class="quiet">{none}</p>;
  // The roles keep it a table for screen readers where the narrow form changes how it is laid out.
  return (
    <div class="table">
      <table role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ title, isNumber }) => (
              <th key={title} role="columnheader" scope="col" class={isNumber === true ? 'number' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ key, cells }) => (
            <tr key={key} role="row">
              {columns.map(({ title, isNumber }, index) => (
                <td key={title} role="cell" data-title={title} class={isNumber === true ? 'number' : undefined}>
                  <div>{cells[index]}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
