import { z } from 'zod';

/** What an account may do here. Operators may do everything that hosts may. */
export const roles = z.object({
  isOperator: z.boolean(),
  hostOf: z.array(z.string()).describe('Names of feeds'),
  moderatorOf: z.array(z.string()).describe('Names of feeds: requests, hidden posts, "why", no other changes'),
});
export type Roles = z.output<typeof roles>;

/** Who is signed in: GET /console/api/session. */
export const sessionView = z
  .object({
    did: z.string(),
    handle: z.string().describe('Empty where it is not known'),
    csrfToken: z.string().describe('To send as X-CSRF-Token with each request that is not a GET'),
    mayCleanUp: z.boolean().describe('The account has allowed us to delete its records'),
    roles,
    grafana: z.string().optional().describe('Its origin, for operators only: it may be an inner address'),
  })
  .meta({ id: 'Session' });
export type SessionView = z.output<typeof sessionView>;
export const sessionAnswer = z.object({ session: sessionView.optional() });
export type SessionAnswer = z.output<typeof sessionAnswer>;

/** What POST /console/api/sign-in takes. */
export const signInRequest = z.strictObject({
  handle: z.string({ error: 'expected a handle or a DID' }).trim().min(1).max(2_048),
  purpose: z.enum(['console', 'cleanup']).describe('For a clean-up the account is asked to allow deletions, too'),
  returnTo: z.string().max(2_048).describe('A path of the console to go on at'),
});
export type SignInRequest = z.output<typeof signInRequest>;
export const signInAnswer = z.object({
  redirect: z.string().describe("The page of the account's own server"),
  isWide: z.boolean().describe('That server knows no permission for deletions alone: it asks for one that allows more'),
});
export type SignInAnswer = z.output<typeof signInAnswer>;

/** A session of the account, in any browser: GET /console/api/sessions. */
export const sessionEntry = z.object({
  id: z.string().describe('Not the secret of the session'),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  browser: z.string(),
  isThis: z.boolean(),
});
export type SessionEntry = z.output<typeof sessionEntry>;
export const sessionList = z.object({ sessions: z.array(sessionEntry) });
export const endedSessions = z.object({ ended: z.int() });

/** Why the way back from an account's server led to no session: /console/sign-in?error=… */
export const SIGN_IN_FAULTS = ['denied', 'partial', 'expired', 'failed', 'other-account', 'unreachable'] as const;
export type SignInFault = (typeof SIGN_IN_FAULTS)[number];
