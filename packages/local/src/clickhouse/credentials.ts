import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** The login that the request bears, in any of the ways in which clients of ClickHouse give it. */
export function findLogin(
  headers: IncomingHttpHeaders,
  url: URLSearchParams,
  logins: readonly Login[],
): Login | undefined {
  const given = readLogin(headers, url);
  if (given === undefined) return undefined;
  return logins.find((login) => isSame(login.username, given.username) && isSame(login.password, given.password));
}

/** As in ClickHouse: X-ClickHouse-User and -Key, Basic, then the URL. Undefined for another scheme. */
function readLogin(headers: IncomingHttpHeaders, url: URLSearchParams): Login | undefined {
  const user = headers['x-clickhouse-user'];
  const key = headers['x-clickhouse-key'];
  if (user !== undefined || key !== undefined) return { username: String(user), password: String(key) };
  if (headers.authorization === undefined)
    return { username: url.get('user') ?? '', password: url.get('password') ?? '' };
  const encoded = /^Basic\s+([\w+/=-]+)\s*$/i.exec(headers.authorization)?.[1];
  if (encoded === undefined) return undefined;
  const [username = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { username, password: password.join(':') };
}

/** Compares in constant time. */
function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
