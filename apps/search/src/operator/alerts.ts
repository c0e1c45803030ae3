import type { AlertsState } from '@updraft/console-api/views';
import { NotEnoughResourcesError, parseJson } from '@updraft/service';
import { z } from 'zod';
import { isoTime } from './operator-deps.ts';
import { createShared } from './shared.ts';

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 4_000_000;
const MAX_ALERTS = 200;
const MAX_CHARACTERS = 1_000;

const text = z
  .string()
  .default('')
  .transform((whole) => whole.slice(0, MAX_CHARACTERS));
const time = z.string().refine((given) => !Number.isNaN(Date.parse(given)));
/** https://prometheus.io/docs/prometheus/latest/querying/api/#alerts */
const prometheusAlert = z.object({
  labels: z.object({ alertname: text, severity: text }),
  annotations: z.object({ summary: text, description: text }).prefault({}),
  state: z.enum(['pending', 'firing']),
  activeAt: time,
});
const prometheusAnswer = z.object({
  status: z.literal('success'),
  data: z.object({ alerts: z.array(z.unknown()) }),
});

/**
 * The alerts of the operator's own Prometheus; without one there are none.
 * The function rejects with NotEnoughResourcesError while it does not answer, or answers something else.
 */
export function createAlertsState(origin: string | undefined, ttlMs: number): () => Promise<AlertsState> {
  if (origin === undefined) return async () => ({ updatedAt: isoTime(Date.now()), isPrometheusSet: false, alerts: [] });
  return createShared(ttlMs, async (nowMs) => {
    const { data: answer } = prometheusAnswer.safeParse(parseJson(await ask(`${origin}/api/v1/alerts`)));
    if (answer === undefined) throw unanswered('answers something else than alerts');
    const alerts = answer.data.alerts.flatMap((alert) => prometheusAlert.safeParse(alert).data ?? []);
    return {
      updatedAt: isoTime(nowMs),
      isPrometheusSet: true,
      alerts: alerts.map(alertView).toSorted(firingFirst).slice(0, MAX_ALERTS),
    };
  });
}

function alertView({ labels, annotations, state, activeAt }: z.output<typeof prometheusAlert>) {
  return {
    name: labels.alertname,
    severity: labels.severity,
    state,
    since: isoTime(Date.parse(activeAt)),
    ...annotations,
  };
}

type Alert = AlertsState['alerts'][number];

function firingFirst(a: Alert, b: Alert): number {
  if (a.state !== b.state) return a.state === 'firing' ? -1 : 1;
  return a.since > b.since ? -1 : 1;
}

/** The operator chose the address, and may well have chosen a private one. Where it leads elsewhere nobody follows. */
async function ask(url: string): Promise<string> {
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok) return await boundedText(response);
    await response.body?.cancel();
    throw unanswered(`answers with status ${response.status}`);
  } catch (cause) {
    throw cause instanceof NotEnoughResourcesError ? cause : unanswered('can not be reached', cause);
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw unanswered('answers with too much');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unanswered(what: string, cause?: unknown): NotEnoughResourcesError {
  return new NotEnoughResourcesError(`Prometheus (PROMETHEUS_ORIGIN) ${what}`, { retryAfterS: 10, cause });
}
