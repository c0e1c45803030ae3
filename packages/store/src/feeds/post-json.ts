import type { PostRow } from '../tables/post-rows.ts';

/** The columns of post_rows that its JSON is made of. */
export type PostForm = Pick<PostRow, 'jsonRest' | 'langs' | 'parentUri' | 'quoteUri' | 'rootUri' | 'sortAt' | 'text'>;

/** The post's JSON: json_rest with what the columns give in the place of a control character, as the view repo_records has it. */
export function postJson({ jsonRest, sortAt, langs, parentUri, rootUri, text, quoteUri }: PostForm): string {
  const put = (json: string, mark: string, part: string) => json.replace(mark, () => part);
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  let json = put(jsonRest, '\u0005', `"uri":"${quoteUri}"`);
  json = put(json, '\u0004', `"text":"${escaped}"`);
  json = put(json, '\u0003', `"reply":{"parent":{"uri":"${parentUri}"},"root":{"uri":"${rootUri}"}}`);
  json = put(json, '\u0002', `"langs":["${langs.join('","')}"]`);
  return put(json, '\u0001', `"$type":"app.bsky.feed.post","createdAt":"${new Date(sortAt).toISOString()}"`);
}
