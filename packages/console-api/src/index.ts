export { type ConsoleEnvironment, consoleEnvironment } from './environment.ts';
export { serveFiles } from './files/serve-files.ts';
export type { DeletionGrants, SignedIn, SignIn } from './sign-in/sign-in.ts';
