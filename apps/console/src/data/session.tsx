import type { SessionAnswer, SessionView } from '@updraft/console-api/views';
import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useMemo, useRef } from 'preact/hooks';
import { type Api, createApi } from './api.ts';
import { getJson, type RequestError } from './request.ts';
import { usePolling } from './use-polling.ts';

export interface Session {
  /** Undefined while nobody is signed in. */
  readonly session: SessionView | undefined;
  /** False until the server has said whether somebody is signed in. */
  readonly isKnown: boolean;
  /** There was a session, and it ended without a sign-out here. */
  readonly isGone: boolean;
  readonly error: RequestError | undefined;
  readonly reload: () => Promise<unknown>;
  readonly signOut: () => Promise<void>;
}

const SessionContext = createContext<Session | undefined>(undefined);
const ApiContext = createContext<Api | undefined>(undefined);

const SESSION_EVERY_MS = 60_000;

/** Knows who is signed in, and asks in their name. */
export function SessionProvider({ children }: { children: ComponentChildren }) {
  const { value, error, reload } = usePolling(
    'session',
    (signal) => getJson<SessionAnswer>('/console/api/session', signal),
    SESSION_EVERY_MS,
  );
  const session = value?.session;
  const latest = useRef<SessionView | undefined>(undefined);
  const hadSession = useRef(false);
  latest.current = session;
  hadSession.current ||= session !== undefined;
  const api = useMemo(
    () => createApi({ session: () => latest.current, reload: async () => (await reload())?.session }),
    [reload],
  );
  const signOut = useCallback(async () => {
    await api.sendJson('DELETE', '/console/api/session');
    hadSession.current = false;
    await reload();
  }, [api, reload]);
  const state: Session = {
    session,
    isKnown: value !== undefined,
    isGone: value !== undefined && session === undefined && hadSession.current,
    error,
    reload,
    signOut,
  };
  return (
    <SessionContext.Provider value={state}>
      <ApiContext.Provider value={api}>{children}</ApiContext.Provider>
    </SessionContext.Provider>
  );
}

/** Who is signed in. */
export function useSession(): Session {
  return within(useContext(SessionContext));
}

/** Asks and changes things as who is signed in: `const { sendJson } = useApi()`. */
export function useApi(): Api {
  return within(useContext(ApiContext));
}

function within<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('this hook is for what stands within the frame');
  return value;
}

/** The address of the page to sign in at; the way back leads to `returnTo`. */
export function signInPath(returnTo: string, purpose: 'console' | 'cleanup' = 'console'): string {
  return `/console/sign-in?${new URLSearchParams({ ...(purpose !== 'console' && { purpose }), returnTo })}`;
}
