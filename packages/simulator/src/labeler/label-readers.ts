import type { WebSocket } from 'ws';
import { frameOf, type LabelLog } from './label-log.ts';

/** The connections of a labeler's readers. */
export interface LabelReaders {
  /** Sends what is behind the cursor, and what comes; without one only what comes. */
  open(ws: WebSocket, cursor: number | undefined): void;
  /** Something new is in the log. */
  wake(): void;
  /** Ends all connections without a word. */
  drop(): void;
}

export function createLabelReaders(log: LabelLog): LabelReaders {
  const readers = new Map<WebSocket, () => void>();
  const follow = (ws: WebSocket, from: number): void => {
    let next = from;
    const wake = (): void => {
      const first = log.entries[0]?.seq ?? 0;
      for (const { seq, frame } of log.entries.slice(Math.max(0, next - first))) {
        ws.send(frame);
        next = seq + 1;
      }
    };
    readers.set(ws, wake);
    ws.on('close', () => readers.delete(ws));
    wake();
  };
  return {
    open: (ws, cursor) => {
      const next = cursor === undefined ? log.nextSeq() : cursor + 1;
      if (next > log.nextSeq()) {
        ws.send(frameOf({ op: -1 }, { error: 'FutureCursor', message: 'Cursor in the future.' }));
        return ws.close();
      }
      const oldest = log.entries[0]?.seq ?? log.nextSeq();
      if (next > 1 && next < oldest) ws.send(frameOf({ op: 1, t: '#info' }, { name: 'OutdatedCursor' }));
      follow(ws, next);
    },
    wake: () => {
      for (const wake of readers.values()) wake();
    },
    drop: () => {
      for (const ws of readers.keys()) ws.terminate();
    },
  };
}
