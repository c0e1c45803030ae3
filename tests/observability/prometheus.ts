import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { until } from '../until.ts';

/** The path of a program on PATH, or undefined. */
export function findProgram(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** What promtool has to say, '' when nothing. */
export function promtool(program: string, args: readonly string[], input = ''): string {
  try {
    execFileSync(program, args, { input, stdio: 'pipe' });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    return `${stdout.toString()}${stderr.toString()}`;
  }
}

export interface Prometheus extends AsyncDisposable {
  /** Values of an instant query, one for each series. */
  query(expr: string): Promise<number[]>;
}

/**
 * Numbers of ClickHouse's own endpoint, as a query gives them: the embedded engine has no such endpoint, and no asynchronous metrics, so
 * those that dashboards name are made from the tables they come from.
 */
const CLICKHOUSE_NUMBERS = `
  SELECT concat('ClickHouseMetrics_', metric) AS name, toFloat64(value) AS value, 'gauge' AS type FROM system.metrics
  UNION ALL SELECT concat('ClickHouseProfileEvents_', event), toFloat64(value), 'counter' FROM system.events
  UNION ALL SELECT 'ClickHouseAsyncMetrics_MaxPartCountForPartition', toFloat64(max(parts)), 'gauge'
    FROM (SELECT count() AS parts FROM system.parts WHERE active GROUP BY database, table, partition_id)
  UNION ALL SELECT 'ClickHouseAsyncMetrics_TotalPartsOfMergeTreeTables', toFloat64(count()), 'gauge' FROM system.parts WHERE active
  UNION ALL SELECT 'ClickHouseAsyncMetrics_TotalRowsOfMergeTreeTables', toFloat64(sum(rows)), 'gauge' FROM system.parts WHERE active
  UNION ALL SELECT 'ClickHouseAsyncMetrics_TotalBytesOfMergeTreeTables', toFloat64(sum(bytes_on_disk)), 'gauge' FROM system.parts WHERE active
  UNION ALL SELECT 'ClickHouseAsyncMetrics_DiskAvailable_default', toFloat64(max(free_space)), 'gauge' FROM system.disks
  UNION ALL SELECT 'ClickHouseAsyncMetrics_DiskTotal_default', toFloat64(max(total_space)), 'gauge' FROM system.disks
  FORMAT Prometheus`;

/** A Prometheus that scrapes a running \`npm start\` each second. Targets: \`host:port\` by job. */
export async function startPrometheus(options: {
  program: string;
  folder: string;
  port: number;
  targets: Readonly<Record<string, string>>;
  /** Of ClickHouse. */
  login: { readonly username: string; readonly password: string };
}): Promise<Prometheus> {
  const { program, folder, port, targets, login } = options;
  const jobs = Object.entries(targets).map(([job_name, target]) => ({
    job_name,
    static_configs: [{ targets: [target] }],
    ...(job_name === 'clickhouse' && {
      metrics_path: '/',
      params: { query: [CLICKHOUSE_NUMBERS] },
      basic_auth: login,
    }),
  }));
  const config = join(folder, 'prometheus.yml');
  // JSON is YAML
  await writeFile(config, JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: jobs }));
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exit = once(child, 'exit');
  const query = async (expr: string): Promise<number[]> => {
    const reply = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const body = (await reply.json()) as { error?: string; data?: { result: { value: [number, string] }[] } };
    if (body.data === undefined) throw new Error(`${expr}: ${body.error}`);
    return body.data.result.map(({ value }) => Number(value[1]));
  };
  await until(async () => {
    if (child.exitCode !== null) throw new Error('prometheus ended');
    return (await query('vector(1)').catch(() => [])).length > 0;
  }, 'prometheus to answer');
  return {
    query,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exit;
    },
  };
}
