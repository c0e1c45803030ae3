import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consoleEnvironment, createConsole, operatorRoles } from '@updraft/console-api';
import { createHttpServer, createLogger, type HttpServer, readConfig } from '@updraft/service';
import { createRedis } from '@updraft/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const KEY = { kty: 'EC', crv: 'P-256', d: 'AEb5DkvGGGoYPFNWEnpaOYjE7hFSzBPYdrEfGUqTEvI', x: '', y: '' };
const log = createLogger({ service: 'test', level: 'silent' });
const redis = createRedis({ address: '127.0.0.1:1', log }); // nothing here asks it
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'updraft-console-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'assets', 'main-1.js'), '');
});
afterAll(async () => {
  redis.disconnect();
  await rm(folder, { recursive: true, force: true });
});
