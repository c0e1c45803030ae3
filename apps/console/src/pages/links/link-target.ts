/** How to find the target that was meant. */
export type TargetQuestion =
  /** As it is. */
  | { readonly kind: 'target'; readonly target: string }
  /** GET /redir tells the at-uri of this page of bsky.app, with the account's DID where the index knows its handle. */
  | { readonly kind: 'page'; readonly page: string }
  /** The account's DID stands in the answer for its page; the rest follows it. */
  | { readonly kind: 'handle'; readonly page: string; readonly path: string };

const HANDLE = /^@?((?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*)$/i;
const APP_PAGE = /^(?:https?:\/\/)?(?:www\.)?bsky\.app\/(?:profile|start|starter-pack)\/./i;

/** People paste the address of a post, a handle, an at-uri with either, a DID, or a page of the web. */
export function questionOf(text: string): TargetQuestion {
  const asked = text.trim();
  const [, authority = '', path = ''] = /^at:\/\/([^/]*)(\/.*)?$/i.exec(asked) ?? [];
  const handle = HANDLE.exec(authority === '' ? asked : authority)?.[1];
  if (handle !== undefined) return { kind: 'handle', page: `https://bsky.app/profile/${handle}`, path };
  return APP_PAGE.test(asked) ? { kind: 'page', page: asked } : { kind: 'target', target: asked };
}

/** What GET /links takes, by the at-uri that GET /redir gave. Undefined where the index doesn't know the handle. */
export function targetOf(question: TargetQuestion, uri: string): string | undefined {
  const [, did, path = ''] = /^at:\/\/(did:[^/]+)(\/.*)?$/.exec(uri.trim()) ?? [];
  if (did === undefined) return undefined;
  const rest = question.kind === 'handle' ? question.path : path;
  return rest === '' || rest === '/' ? did : `at://${did}${rest}`;
}
