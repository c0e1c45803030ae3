export { type Console, createConsole, operatorRoles, otherOrigins } from './console.ts';
export { type ConsoleEnvironment, consoleEnvironment } from './environment.ts';
export type { OAuthClients } from './oauth/oauth-clients.ts';
export { createTokenSeal, type TokenSeal, UnsealError } from './seal/token-seal.ts';
export type { DeletionGrants, SignedIn, SignIn } from './sign-in/sign-in.ts';
