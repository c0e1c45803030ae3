export { type ClickHouse, type ClickHouseOptions, startClickHouse } from './clickhouse/start.ts';
export { type NodeProgram, nodeProgram, type ProgramOutput } from './node-program.ts';
export type { Part, PartStatus, RunningPart } from './part.ts';
export { findRedisServer, type RedisServer, type RedisServerOptions, startRedis } from './redis-server.ts';
export { createRowCounts, type RowCounts } from './row-counts.ts';
export { createStack, type Stack, type StackDeps, type StackPlan } from './stack.ts';
