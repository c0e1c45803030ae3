import type { SessionView } from '@updraft/console-api/views';
import { type ChangeMethod, getJson, RequestError, sendWithToken } from './request.ts';
import { retryToken } from './retry-token.ts';

export interface Api {
  /** GETs JSON. @throws RequestError */
  readonly getJson: <T>(path: string, signal?: AbortSignal) => Promise<T>;
  /** Changes something at this origin, as who is signed in. Without a body it sends none. @throws RequestError */
  readonly sendJson: <T>(
    method: ChangeMethod,
    path: string,
    body?: unknown,
    options?: { readonly signal?: AbortSignal /** It may take minutes. */; readonly isPatient?: boolean },
  ) => Promise<T>;
}

export interface ApiDeps {
  readonly session: () => SessionView | undefined;
  readonly reload: () => Promise<SessionView | undefined>;
}

/** Asks in the name of who is signed in. */
export function createApi({ session, reload }: ApiDeps): Api {
  /** A 401 may mean that the session has ended: the frame says so then. */
  const noticing = async <T>(asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof RequestError && error.status === 401 && session() !== undefined) await reload();
      throw error;
    }
  };
  const sendJson: Api['sendJson'] = async (method, path, body, { signal, isPatient } = {}) => {
    const send = (csrfToken: string) =>
      noticing(sendWithToken<never>({ method, path, body, csrfToken, isPatient }, signal));
    const before = session();
    try {
      return await send(before?.csrfToken ?? '');
    } catch (error) {
      if (!(error instanceof RequestError) || error.status !== 403) throw error;
      const token = retryToken(before, await reload());
      if (token === undefined) throw error;
      return send(token);
    }
  };
  return { getJson: (path, signal) => noticing(getJson(path, signal)), sendJson };
}
