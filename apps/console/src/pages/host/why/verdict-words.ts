import type { Explanation } from '@updraft/feeds';

type Facts = Pick<Explanation, 'isShown' | 'isTaken' | 'build'>;

/** The verdict in words: whether the post shows now, and whether it will. */
export function verdictOf({ isShown, isTaken, build }: Facts): { readonly title: string; readonly detail: string } {
  if (isShown)
    return {
      title: build?.place === undefined ? 'It is in the feed' : `It is in the feed, at place ${build.place}`,
      detail: isTaken ? 'The next build has it, too.' : 'The next build will not have it.',
    };
  if (build?.isCut === true)
    return {
      title: 'It is not in the feed: it is taken out of the pages',
      detail: isTaken ? 'It may show again: a build made now would have it.' : 'A build made now would not have it.',
    };
  return isTaken
    ? { title: 'It is not in the feed yet', detail: 'A build made now would have it: it comes with the next one.' }
    : { title: 'It is not in the feed', detail: 'A build made now would not have it either.' };
}
