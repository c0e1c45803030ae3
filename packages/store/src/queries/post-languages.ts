import type { ClickHouse } from '../clickhouse/types.ts';
import { arrayOfStrings, string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import { givenPosts } from '../tables/post-rows.ts';
import { LANGUAGES } from './fragments.ts';

/** The languages of posts, as codes without region, by uri; without posts that the index lacks. Looks each up by its whole key. */
export async function postLanguages(
  clickhouse: ClickHouse,
  uris: Iterable<string>,
): Promise<Map<string, readonly string[]>> {
  const rows = await clickhouse.query(
    `SELECT uri, ${LANGUAGES} AS languages FROM post_rows FINAL WHERE (record_hour, did, rkey) IN given_posts`,
    shape({ uri: string, languages: arrayOfStrings }),
    {},
    { lists: [givenPosts(uris)] },
  );
  return new Map(rows.map(({ uri, languages }) => [uri, languages]));
}
