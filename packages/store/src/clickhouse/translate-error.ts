import { ClickHouseError } from '@clickhouse/client';
import {
  ConnectionError,
  OverBudgetError,
  RefusedDataError,
  RefusedQueryError,
  SetupStoreError,
  StoreError,
  TimeoutError,
  UnavailableError,
} from '../errors.ts';
import { ACCESS_DENIED, meaningOf, nameOf, UNKNOWN_DATABASE, UNKNOWN_TABLE } from './error-codes.ts';

/** Where a call went, for the sentence that a person reads. */
export interface CallSite {
  url: URL;
  username: string;
  database: string;
}

/** Makes the store's error of whatever @clickhouse/client threw: by ClickHouse's code number or Node's code. */
export function translateError(error: unknown, site: CallSite): StoreError {
  if (error instanceof StoreError) return error;
  if (error instanceof ClickHouseError) return fromClickHouse(error, site);
  const code = nodeCode(error);
  const where = `ClickHouse at ${site.url.origin}`;
  if (code?.startsWith('HPE_')) {
    return new SetupStoreError(`${where}: something answers there that does not speak HTTP (${code})`, {
      cause: error,
      code,
    });
  }
  if (code !== undefined) return new ConnectionError(`${where} can't be reached (${code})`, { cause: error, code });
  // Neither ClickHouse's words nor a socket's: a proxy's page, or an answer cut short.
  return new UnavailableError(`${where} gave no answer of ClickHouse's`, { cause: error });
}

function fromClickHouse(error: ClickHouseError, site: CallSite): StoreError {
  const code = Number(error.code);
  const meaning = meaningOf(code);
  const options = { cause: error, code };
  const text = `${nameOf(code)}: ${error.message.trim()}`;
  switch (meaning) {
    case 'refused_data':
      return new RefusedDataError(text, options);
    case 'refused_query':
      return new RefusedQueryError(text, options);
    case 'over_budget':
      return new OverBudgetError(text, options);
    case 'setup':
      return new SetupStoreError(setupSentence(code, error, site), options);
    case 'timeout':
      return new TimeoutError(text, options);
    case 'unavailable':
      return new UnavailableError(text, options);
    default:
      return meaning satisfies never;
  }
}

function setupSentence(code: number, error: ClickHouseError, { url, username, database }: CallSite): string {
  const where = `ClickHouse at ${url.origin}`;
  if (code === UNKNOWN_DATABASE) return `${where} has no database '${database}': run the migrations (pnpm migrate up)`;
  if (code === UNKNOWN_TABLE)
    return `${where}, database '${database}', lacks a table: run the migrations (pnpm migrate up). ${error.message.trim()}`;
  if (code === ACCESS_DENIED) return `${where} denies it to the user '${username}': ${error.message.trim()}`;
  return `${where} refuses the user '${username}' (${nameOf(code)}): check the user name and the password`;
}

function nodeCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  if (typeof code === 'string') return code;
  // A refused host name of several addresses is an AggregateError around the codes.
  return error instanceof AggregateError ? nodeCode(error.errors[0]) : nodeCode(error.cause);
}
