import { authorsLabel, type Feed, type FeedsFile, membersLabel, nameOf, withVariants } from './feed.ts';

/**
 * What changed settings would show of others, to somebody who is host of these feeds only: a sentence, or undefined where nothing.
 * Accounts of labels, closed feeds, and lists that closed feeds are made of are their own hosts' affair.
 */
export function widening(
  feeds: FeedsFile['feeds'],
  changed: Feed,
  isHostOf: (name: string) => boolean,
): string | undefined {
  for (const feed of [changed, ...(changed.variantFeeds ?? [])]) {
    const label = labelsIn(feed).find((of) => !isOwnLabel(feeds, of, isHostOf));
    if (label !== undefined) return `the label ${label} is not that of a feed of yours`;
    const part =
      feed.kind === 'union' ? feed.feeds.find((name) => isClosed(feeds, name) && !isHostOf(name)) : undefined;
    if (part !== undefined) return `the feed ${part} is neither for everyone nor yours`;
    if (feed.kind === 'list' && isListOfOthers(feeds, feed.list, isHostOf))
      return 'the list is that of a feed that is neither for everyone nor yours';
  }
  return undefined;
}

/** The labels on which it depends who reads the feed and who is in it. */
function labelsIn(feed: Feed): string[] {
  return [membersLabel(feed), authorsLabel(feed)].filter((label) => label !== undefined);
}

function isOwnLabel(feeds: FeedsFile['feeds'], label: string, isHostOf: (name: string) => boolean): boolean {
  return withVariants(feeds.values()).some((feed) => isHostOf(nameOf(feed)) && labelsIn(feed).includes(label));
}

function isClosed(feeds: FeedsFile['feeds'], name: string): boolean {
  return feeds.get(name)?.audience !== 'everyone';
}

function isListOfOthers(feeds: FeedsFile['feeds'], list: string, isHostOf: (name: string) => boolean): boolean {
  const ofList = [...feeds.values()].filter((feed) => feed.kind === 'list' && feed.list === list);
  return ofList.length > 0 && ofList.every(({ alias, audience }) => audience !== 'everyone' && !isHostOf(alias));
}
