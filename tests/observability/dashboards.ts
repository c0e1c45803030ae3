import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const DEPLOY = join(import.meta.dirname, '../../deploy');

/** One query of a Grafana panel. */
export interface PanelQuery {
  /** Dashboard, panel and query, for messages. */
  readonly place: string;
  readonly expr: string;
}

interface Dashboard {
  readonly title: string;
  readonly panels: readonly { title: string; targets: readonly { refId: string; expr: string }[] }[];
}

/** Every query of every provisioned dashboard. */
export async function readPanelQueries(): Promise<PanelQuery[]> {
  const folder = join(DEPLOY, 'grafana/dashboards');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const dashboards = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as Dashboard),
  );
  return dashboards.flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      panel.targets.map(({ refId, expr }) => ({ place: `${title} / ${panel.title} / ${refId}`, expr })),
    ),
  );
}

/** Names that look like metrics of ours in a query or a file of rules. */
export function metricsIn(text: string): string[] {
  const names = text.match(/\b(?:updraft|feed|search|viewer|identity|process|nodejs)_[a-z0-9_]+/g) ?? [];
  return [...new Set(names)].map((name) => name.replace(/_(bucket|sum|count)$/, ''));
}
