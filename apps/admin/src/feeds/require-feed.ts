import { CommandError } from '@updraft/command';
import { type Feed, feedByName } from '@updraft/feeds';

/** The feed that an operator names. @throws CommandError */
export function requireFeed(feeds: ReadonlyMap<string, Feed>, name: string, find = feedByName): Feed {
  const feed = find(feeds, name);
  if (feed === undefined)
    throw new CommandError(
      `there is no feed ${name} in the feeds file (FEEDS_FILE). It has ${listed([...feeds.keys()])}`,
    );
  return feed;
}

function listed(names: readonly string[]): string {
  const rest = names.length - MAX_LISTED;
  return `${names.slice(0, MAX_LISTED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const MAX_LISTED = 20;
