import type { Report } from '../stats/report.ts';
import { type AllTrends, allTrends } from './read-trends.ts';

/** The trends that were counted last. */
export type LatestTrends = () => Promise<AllTrends>;

/** Reads each answer of the report once. */
export function latestTrends(report: Report): LatestTrends {
  let known: { readonly etag: string; readonly trends: AllTrends } | undefined;
  return async () => {
    const { body, etag } = await report.get();
    if (known?.etag !== etag) known = { etag, trends: allTrends.parse(JSON.parse(body)) };
    return known.trends;
  };
}
