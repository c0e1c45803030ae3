import type { HealthCheck } from '@updraft/service';

/** What /readyz asks: each must answer. */
export function readiness(asks: Readonly<Record<string, () => Promise<unknown>>>): () => Promise<HealthCheck[]> {
  return () =>
    Promise.all(
      Object.entries(asks).map(([name, ask]) =>
        ask().then(
          () => ({ name, ok: true }),
          (error: unknown) => ({ name, ok: false, detail: error instanceof Error ? error.message : String(error) }),
        ),
      ),
    );
}
