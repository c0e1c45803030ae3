import { useState } from 'preact/hooks';
import { formatCount } from '../data/format.ts';
import type { ChartLine } from './chart-options.ts';

interface ChartNumbersProps {
  readonly title: string;
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly by: 'day' | 'moment';
}

/** A chart's numbers, the newest first. They are written only once they are unfolded. */
export function ChartNumbers({ title, times, lines, by }: ChartNumbersProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="numbers" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Numbers<span class="unseen"> of {title}</span>
      </summary>
      {isOpen ? (
        <div class="scroll" tabIndex={0} role="region" aria-label={`Numbers of ${title}`}>
          <table>
            <caption class="unseen">{title}</caption>
            <thead>
              <tr>
                <th scope="col">{by === 'day' ? 'Day' : 'Time'}</th>
                {lines.map((line) => (
                  <th key={line.title} scope="col" class="number">
                    {line.title}
                  </th>
                ))}
              </tr>
            </thead>
            <Rows times={times} lines={lines} by={by} />
          </table>
        </div>
      ) : null}
    </details>
  );
}

function Rows({ times, lines, by }: Omit<ChartNumbersProps, 'title'>) {
  const rows = times.map((seconds, index) => (
    <tr key={seconds}>
      <th scope="row">{timeOf(seconds, by)}</th>
      {lines.map((line) => (
        <td key={line.title} class="number">
          {numberOf(line.values[index])}
        </td>
      ))}
    </tr>
  ));
  return <tbody>{rows.toReversed()}</tbody>;
}

function numberOf(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : formatCount(value);
}

const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium' });

function timeOf(seconds: number, by: 'day' | 'moment'): string {
  const time = new Date(seconds * 1000);
  return by === 'day' ? time.toISOString().slice(0, 10) : clock.format(time);
}
