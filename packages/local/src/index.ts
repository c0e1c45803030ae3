export type { Login } from './clickhouse/credentials.ts';
export type { EngineUser, RemoteCluster } from './clickhouse/engine-config.ts';
export { type EngineOptions, type RunningEngine, startEngine } from './clickhouse/engine-process.ts';
export type { Logins } from './clickhouse/netrc.ts';
export { type ClickHouse, type ClickHouseOptions, startClickHouse } from './clickhouse/start.ts';
export { type NodeProgram, nodeProgram, type ProgramOutput } from './node-program.ts';
export type { Part, PartStatus, RunningPart } from './part.ts';
export { findRedisServer, type RedisServer, type RedisServerOptions, startRedis } from './redis-server.ts';
export { createStack, type Stack, type StackDeps, type StackPlan } from './stack.ts';
