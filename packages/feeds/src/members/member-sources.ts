import type { SourceQuery } from '@updraft/store';
import { type Feed, membersLabel } from '../feed.ts';
import type { MembersFrom } from './sources-schema.ts';
import type { Approval } from './standing.ts';

/** A source as it is read. Its name stands in the rows of those whom it brought. */
export interface MemberSource {
  readonly name: string;
  readonly query: SourceQuery;
  readonly approve: Approval;
  /** Whether those whom it has ask by that themselves, so that it brings back who had left. */
  readonly isAsking: boolean;
}

/** A label, and where its bearers come from. */
export interface MemberIntake {
  readonly label: string;
  /** Those that let in at once come first. */
  readonly sources: readonly MemberSource[];
  /** How the accounts' own requests are taken; undefined where they are not. */
  readonly requests: Approval | undefined;
}

/** The intakes of all labels that feeds have members by. `publisher` is the account whose repository has the feeds' records. */
export function memberIntakes(feeds: ReadonlyMap<string, Feed>, publisher: string): MemberIntake[] {
  const intakes = new Map<string, MemberIntake>();
  for (const feed of feeds.values()) {
    const intake = memberIntake(feed, publisher);
    // The file has the sources of a label at one feed only.
    if (intake !== undefined && (feed.membersFrom.length > 0 || !intakes.has(intake.label)))
      intakes.set(intake.label, intake);
  }
  return [...intakes.values()];
}

function memberIntake(feed: Feed, publisher: string): MemberIntake | undefined {
  const label = membersLabel(feed);
  if (label === undefined) return undefined;
  const record = `at://${publisher}/app.bsky.feed.generator/${feed.alias}`;
  const sources = feed.membersFrom.flatMap((from) => sourcesOf(from, record));
  const requests = feed.membersFrom.find(({ from }) => from === 'request')?.approve;
  return {
    label,
    sources: sources.toSorted((a, b) => Number(b.approve === 'auto') - Number(a.approve === 'auto')),
    requests,
  };
}

function sourcesOf(from: MembersFrom, record: string): MemberSource[] {
  const { approve } = from;
  const given = { approve, isAsking: false };
  const asked = { approve, isAsking: true };
  switch (from.from) {
    case 'list':
      return [{ name: `list ${from.uri}`, query: { from: 'list', uri: from.uri }, ...given }];
    case 'followers':
      return [{ name: `followers of ${from.of}`, query: { from: 'followers', of: from.of }, ...given }];
    case 'hashtag':
      return from.in.map((place) => ({
        name: `#${from.tag} in ${place}`,
        query: { from: place, tag: from.tag },
        ...given,
      }));
    default: // request
      return [
        ...(from.likes ? [{ name: 'like of the feed', query: { from: 'likes' as const, uri: record }, ...asked }] : []),
        ...(from.tag === undefined
          ? []
          : [{ name: `#${from.tag} as a request`, query: { from: 'posts' as const, tag: from.tag }, ...asked }]),
      ];
  }
}
