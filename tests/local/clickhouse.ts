import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouse, startClickHouse } from '@updraft/local';

/** A ClickHouse of `npm start` in a folder of its own, asked by HTTP as the user who may change tables. */
export interface LocalClickHouse extends AsyncDisposable {
  readonly server: ClickHouse;
  readonly dataDir: string;
  readonly login: Readonly<Record<string, string>>;
  /** Sends the body, a statement where `search` has no query. */
  post(body: string | Uint8Array<ArrayBuffer>, search?: Readonly<Record<string, string>>): Promise<Response>;
  /** The answer without its last line end. @throws what ClickHouse refused */
  text(sql: string, search?: Readonly<Record<string, string>>): Promise<string>;
  /** Asks until the answer is `expected`; the test's own timeout ends it. */
  eventually(sql: string, expected: string): Promise<void>;
}

export async function startLocalClickHouse(): Promise<LocalClickHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'updraft-clickhouse-'));
  const server = await startClickHouse({ dataDir });
  const { username, password } = server.logins.migrations;
  const login = { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password };
  const post: LocalClickHouse['post'] = (body, search = {}) =>
    fetch(`${server.url}/?${new URLSearchParams(search).toString()}`, { method: 'POST', body, headers: login });
  const text: LocalClickHouse['text'] = async (sql, search) => {
    const answer = await post(sql, search);
    const body = await answer.text();
    if (!answer.ok) throw new Error(body);
    return body.trimEnd();
  };
  return {
    server,
    dataDir,
    login,
    post,
    text,
    eventually: async (sql, expected) => {
      while ((await text(sql)) !== expected) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
