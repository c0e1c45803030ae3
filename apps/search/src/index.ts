export { createCallLimit } from './call-limit.ts';
export { readSearchConfig } from './config.ts';
export { createSearchMetrics } from './metrics.ts';
export { createSearch, type Search } from './search.ts';
export { createReport, type ReportOptions } from './stats/report.ts';
export { type AllTrends, readTrends } from './trends/read-trends.ts';
