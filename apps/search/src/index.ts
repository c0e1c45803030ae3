export { type CallLimit, createCallLimit } from './call-limit.ts';
export { readSearchConfig, type SearchEnvironment } from './config.ts';
export { createSearchMetrics, type SearchMetrics } from './metrics.ts';
export { createSearch, type Search } from './search.ts';
export { createReport, type Report, type ReportOptions, type Snapshot } from './stats/report.ts';
