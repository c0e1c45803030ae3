import type { HealthCheck, Logger } from '@updraft/service';
import type { IndexerMetrics } from '../watch/metrics.ts';

/** What operators see of the labelers: metrics, and a word in /readyz. */
export interface LabelerReports {
  of(labeler: string): LabelerReport;
  /** One that is away does not make the indexer unready: what it said stays in force. */
  check(): HealthCheck[];
}

export interface LabelerReport {
  connected(address: string): void;
  ended(reason: string, detail: string): void;
  stored(labels: number, seq: number, lastCtsMs: number | undefined): void;
  rejected(reason: string, count: number): void;
  noticed(name: string, message: string): void;
  /** Nothing waits at the labeler. */
  caughtUp(): void;
}

type LabelMetrics = Pick<
  IndexerMetrics,
  'labels' | 'labelsRejected' | 'labelerConnected' | 'labelsLag' | 'labelerEnds' | 'labelerNotices'
>;

export function createLabelerReports(deps: { readonly metrics: LabelMetrics; readonly log: Logger }): LabelerReports {
  const words = new Map<string, string>();
  return {
    of: (labeler) => reportOf(deps, labeler, (word) => words.set(labeler, word)),
    check: () => [...words].map(([labeler, detail]) => ({ name: `labeler ${labeler}`, ok: true, detail })),
  };
}

const REPORT_EVERY_MS = 30_000;

function reportOf(
  { metrics, log }: { readonly metrics: LabelMetrics; readonly log: Logger },
  labeler: string,
  say: (word: string) => void,
): LabelerReport {
  let [loggedAt, since] = [Date.now(), 0];
  say('not connected');
  metrics.labelerConnected.set({ labeler }, 0);
  return {
    connected: (address) => {
      say(address);
      metrics.labelerConnected.set({ labeler }, 1);
      log.info({ labeler, address }, 'connected to a labeler');
    },
    ended: (reason, detail) => {
      say(`not connected: ${detail}`);
      metrics.labelerConnected.set({ labeler }, 0);
      metrics.labelerEnds.inc({ labeler, reason });
      log.warn({ labeler, reason, detail }, 'a labeler is not connected; trying again');
    },
    stored: (labels, seq, lastCtsMs) => {
      metrics.labels.inc({ labeler }, labels);
      since += labels;
      if (lastCtsMs !== undefined) metrics.labelsLag.set({ labeler }, Math.max(0, (Date.now() - lastCtsMs) / 1_000));
      if (Date.now() - loggedAt < REPORT_EVERY_MS) return;
      const upTo = lastCtsMs === undefined ? undefined : new Date(lastCtsMs).toISOString();
      log.info({ labeler, labels: since, seq, upTo }, 'storing labels');
      [loggedAt, since] = [Date.now(), 0];
    },
    rejected: (reason, count) => metrics.labelsRejected.inc({ labeler, reason }, count),
    noticed: (name, message) => {
      metrics.labelerNotices.inc({ labeler, name });
      log.warn({ labeler, name, message }, 'a labeler says something of its stream');
    },
    caughtUp: () => metrics.labelsLag.set({ labeler }, 0),
  };
}
