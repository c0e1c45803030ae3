import type { HealthCheck } from './metrics-server.ts';

/** Whether something that a service needs answers. */
export async function checkHealth(name: string, ask: () => Promise<unknown>): Promise<HealthCheck> {
  try {
    await ask();
    return { name, ok: true };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
