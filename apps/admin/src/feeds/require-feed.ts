import { CommandError } from '@updraft/command';
import { type Feed, feedByName } from '@updraft/feeds';

/** The feed that an operator names. @throws CommandError */
export function requireFeed(feeds: ReadonlyMap<string, Feed>, name: string, find = feedByName): Feed {
  const feed = find(feeds, name);
  if (feed === undefined) throw new CommandError(`there is no feed ${name} in the feeds file`);
  return feed;
}
