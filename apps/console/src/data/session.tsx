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
  /** Who was signed in last; undefined after a sign-out here. */
  readonly last: SessionView | undefined;
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
  const last = useRef<SessionView | undefined>(undefined);
  last.current = session ?? last.current;
  const api = useMemo(
    () => createApi({ session: () => last.current, reload: async () => (await reload())?.session }),
    [reload],
  );
  const signOut = useCallback(async () => {
    await api.sendJson('DELETE', '/console/api/session');
    last.current = undefined;
    await reload();
  }, [api, reload]);
  const state: Session = {
    session,
    isKnown: value !== undefined,
    isGone: value !== undefined && session === undefined && last.current !== undefined,
    last: last.current,
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

/**
 * To what stands within it, who was signed in stays when the session ends meanwhile: what is written there is not lost, and the server
 * refuses what it asks. Another account begins anew.
 */
export function LastSession({ children }: { children: ComponentChildren }) {
  const now = useSession();
  const wasOpen = useRef(false);
  wasOpen.current ||= now.session !== undefined;
  return (
    <SessionContext.Provider key={now.last?.did} value={{ ...now, session: wasOpen.current ? now.last : now.session }}>
      {children}
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
