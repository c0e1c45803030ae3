import type { ClickHouse } from '../../clickhouse/types.ts';
import type { Brought } from '../member-requests.ts';
import { followerCandidates, followersOf } from './followers.ts';
import { taggedPostCandidates, taggedProfileCandidates, taggedProfilesOf } from './hashtags.ts';
import { likerCandidates, likersOf } from './likers.ts';
import { listCandidates, listedOf } from './lists.ts';
import type { Candidate, CandidateQuery, SourceQuery } from './member-source.ts';

interface Reading {
  readonly candidates: (query: CandidateQuery) => Promise<Candidate[]>;
  readonly stillThere: (brought: readonly Brought[]) => Promise<ReadonlySet<string>>;
}

/** Accounts that a source has and that may come in by the label, at most `limit`. Those that came in are not given again, so that the next call gives others. */
export function readCandidates(
  clickhouse: ClickHouse,
  source: SourceQuery,
  query: CandidateQuery,
): Promise<Candidate[]> {
  return readingOf(clickhouse, source).candidates(query);
}

/** Those of the accounts that the source still has, by DID. Who has posted a hashtag has done so for good. */
export async function stillThere(
  clickhouse: ClickHouse,
  source: SourceQuery,
  brought: readonly Brought[],
): Promise<ReadonlySet<string>> {
  return brought.length === 0 ? new Set() : readingOf(clickhouse, source).stillThere(brought);
}

function readingOf(clickhouse: ClickHouse, source: SourceQuery): Reading {
  switch (source.from) {
    case 'list':
      return {
        candidates: (query) => listCandidates(clickhouse, source.uri, query),
        stillThere: (brought) => listedOf(clickhouse, source.uri, didsOf(brought)),
      };
    case 'followers':
      return {
        candidates: (query) => followerCandidates(clickhouse, source.of, query),
        stillThere: (brought) => followersOf(clickhouse, source.of, didsOf(brought)),
      };
    case 'posts':
      return {
        candidates: (query) => taggedPostCandidates(clickhouse, source.tag, query),
        stillThere: (brought) => Promise.resolve(new Set(didsOf(brought))),
      };
    case 'profiles':
      return {
        candidates: (query) => taggedProfileCandidates(clickhouse, source.tag, query),
        stillThere: (brought) => taggedProfilesOf(clickhouse, source.tag, didsOf(brought)),
      };
    case 'likes':
      return {
        candidates: (query) => likerCandidates(clickhouse, source.uri, query),
        stillThere: (brought) => likersOf(clickhouse, source.uri, brought),
      };
    default:
      throw new TypeError('there is no such source');
  }
}

function didsOf(brought: readonly Brought[]): string[] {
  return brought.map(({ did }) => did);
}
