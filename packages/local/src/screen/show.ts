// What a person sees: a live view on a terminal, plain lines elsewhere.
//
// In:  sentences, remarks, and a snapshot each second, which watch.ts takes from the indexer's metrics, ClickHouse and the keepers.
// Out: text on the terminal.
// Invariant: the screen disturbs nothing: what gives no answer in time is shown as unknown, and nothing waits for it.
import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';
import { progressLine, remarkLine } from './plain-lines.ts';
import { renderScreen } from './screen.ts';
import type { Snapshot, TimedRemark } from './snapshot.ts';

/** Shows a person how it goes. */
export interface Show {
  /** A line that stays: what starts, what stops. */
  say(line: string): void;
  remark(remark: TimedRemark): void;
  snapshot(snapshot: Snapshot): void;
  /** Ends the live view; its last state stays. */
  leave(): void;
}

/** On a terminal a view that is redrawn in place; elsewhere plain lines, with one of progress every five seconds. */
export function createShow(out: NodeJS.WriteStream): Show {
  return out.isTTY ? createLiveShow(out) : createPlainShow(out);
}

const PROGRESS_EVERY_MS = 5_000;

function createPlainShow(out: NodeJS.WriteStream): Show {
  let headerAtMs = 0;
  let shownAtMs = 0;
  return {
    say: (line) => void out.write(`${line}\n`),
    remark: (remark) => void out.write(`${remarkLine(remark)}\n`),
    snapshot(snapshot) {
      if (headerAtMs === 0) {
        headerAtMs = snapshot.atMs;
        out.write(snapshot.addresses.map(({ label, address }) => `${label}: ${address}\n`).join(''));
      }
      const isFirst = shownAtMs === 0 && snapshot.figures?.eventsPerSecond !== undefined;
      if (!isFirst && snapshot.atMs - headerAtMs < PROGRESS_EVERY_MS) return;
      if (snapshot.atMs - shownAtMs < PROGRESS_EVERY_MS) return;
      shownAtMs = snapshot.atMs;
      out.write(`${progressLine(snapshot)}\n`);
    },
    leave: () => undefined,
  };
}

function createLiveShow(out: WriteStream): Show {
  const update = createLogUpdate(out, { showCursor: false });
  let last: Snapshot | undefined;
  const draw = () => {
    if (last !== undefined) update(renderScreen(last, { columns: out.columns, rows: out.rows }));
  };
  const onResize = () => {
    if (last === undefined) return;
    // the terminal has wrapped the old lines, so nothing is where it was
    update.clear();
    out.write('\u001B[2J\u001B[H');
    draw();
  };
  out.on('resize', onResize);
  return {
    say(line) {
      if (last === undefined) out.write(`${line}\n`);
      else update.persist(line);
    },
    remark(remark) {
      if (last === undefined) out.write(`${remarkLine(remark)}\n`);
    },
    snapshot(snapshot) {
      last = snapshot;
      draw();
    },
    leave() {
      out.off('resize', onResize);
      last = undefined;
      update.done();
    },
  };
}
