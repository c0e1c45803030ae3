import { namedError } from '@updraft/service';

export class UnknownFeedError extends namedError(400, 'UnknownFeed') {}
export class FeedNotReadyError extends namedError(503, 'FeedNotReady') {}
