import { type FeedSettingsView, feedSettings, settingsChange } from '@updraft/console-api/views';
import {
  changeableSettings,
  changedEntryText,
  describeChange,
  entryText,
  type Feed,
  overridesOf,
  readChange,
  type SavedSettings,
} from '@updraft/feeds';
import {
  ConflictError,
  createRateLimit,
  type HttpServer,
  NotEnoughResourcesError,
  onceOf,
  RateLimitExceededError,
  wholeNumber,
} from '@updraft/service';
import { z } from 'zod';
import type { SavedFeed } from '../saved-settings/feed-registry.ts';
import { type Actor, ADMIN_FEED_ERRORS, needsHost, needsHostToChange, requireFeed } from './admin-auth.ts';
import { adminPreview, createPreviewing, refusingFaults } from './admin-preview.ts';
import type { FeedgenContext } from './context.ts';

const feedName = onceOf('feedName').min(1);
const response = { 200: feedSettings };
const read = {
  schema: {
    ...needsHost,
    summary: "A feed's entry of the feeds file, in YAML, with what hosts changed of it",
    querystring: z.object({ feedName }),
    response,
  },
  config: { errors: ADMIN_FEED_ERRORS },
};
const errors = [...ADMIN_FEED_ERRORS, ConflictError, RateLimitExceededError];
const save = {
  schema: {
    ...needsHostToChange,
    summary: "Saves other settings of a feed, which lie over the feeds file's",
    body: settingsChange,
    response,
  },
  config: { errors },
  handlerTimeout: 45_000,
};
const reset = {
  schema: {
    ...needsHostToChange,
    summary: 'Goes back to the settings of the feeds file',
    querystring: z.object({
      feedName,
      version: wholeNumber({ min: 0, preset: 0 }),
    }),
    response,
  },
  config: { errors },
};

/** /api/admin/settings: GET shows a feed's settings, PUT saves others, DELETE goes back to those of the feeds file. POST /api/admin/preview. */
export function adminSettings(app: HttpServer, context: FeedgenContext): void {
  const url = '/api/admin/settings';
  const change = createChange(context);
  const previewing = createPreviewing(context);
  adminPreview(app, context, previewing);
  app.get(url, read, async (request) => {
    const asked = { feedName: request.query.feedName, right: 'host' } as const;
    const { feed } = await requireFeed(context, request, asked);
    return viewOf(context, feed);
  });
  app.put(url, save, async (request) => {
    const { feedName: name, settings: text, version } = request.body;
    const { feed, actor } = await requireFeed(context, request, { feedName: name, right: 'host' });
    const changed = previewing.readFeed(feed, text, actor);
    const settings = refusingFaults(() => readChange(context.file, feed, text));
    await requireVersion(context, feed, version); // before the work
    await previewing.tryOut(actor, changed); // what the database refuses would keep the feed from being built
    return change(feed, actor, settings, version);
  });
  app.delete(url, reset, async (request) => {
    const { feedName: name, version } = request.query;
    const { feed, actor } = await requireFeed(context, request, { feedName: name, right: 'host' });
    await requireVersion(context, feed, version);
    return change(feed, actor, {}, version);
  });
}

function createChange(context: FeedgenContext) {
  const { registry, file, log } = context;
  const limit = createRateLimit({ burst: 20, perSecond: 0.1 });
  return async (feed: Feed, actor: Actor, settings: SavedSettings, ofVersion: number): Promise<FeedSettingsView> => {
    const before = savedOf(context, feed).settings;
    const note = describeChange(file, feed.alias, before, settings);
    if (note === '' && Object.keys(before).length === Object.keys(settings).length) return viewOf(context, feed);
    if (!limit.take(actor.limitName))
      throw new RateLimitExceededError('too many changes, please wait', { retryAfterS: 10 });
    const of = { feed: feed.alias, changedBy: actor.name, note, ofVersion };
    const change = { ...of, settings: JSON.stringify(settings), atMicros: Date.now() * 1000 };
    const outcome = await registry.change(change);
    if (outcome === 'busy') throw new ConflictError('somebody else changes this feed just now: nothing was saved');
    if (outcome === 'stale') throw staleError(context, feed);
    log.info(of, "a feed's settings changed");
    return viewOf(context, feed);
  };
}

/** @throws ConflictError where others were saved since */
async function requireVersion(context: FeedgenContext, feed: Feed, version: number): Promise<void> {
  if (savedOf(context, feed).version === version) return;
  await context.registry.refresh(); // another instance may have saved it just now
  if (savedOf(context, feed).version !== version) throw staleError(context, feed);
}

/** Says what is there now. */
function staleError(context: FeedgenContext, feed: Feed): ConflictError {
  const { settings, changedBy, version } = savedOf(context, feed);
  const now = describeChange(context.file, feed.alias, {}, settings);
  const at = new Date(version / 1000).toISOString();
  return new ConflictError(
    version === 0
      ? 'nothing is saved of this feed any more: nothing was changed'
      : `${changedBy} changed these settings at ${at}, and nothing was changed here. They are now ${now === '' ? 'as feeds.yaml has them' : now}`,
  );
}

function savedOf({ registry }: FeedgenContext, { alias }: Feed): SavedFeed {
  const saved = registry.saved(alias);
  if (saved === undefined)
    throw new NotEnoughResourcesError('what hosts changed of feeds can not be read now, please try again');
  return saved;
}

function viewOf(context: FeedgenContext, feed: Feed): FeedSettingsView {
  const { file } = context;
  const { settings, changedBy, version, fault } = savedOf(context, feed);
  return {
    settings: changedEntryText(file, feed.alias, fault === undefined ? settings : {}),
    declared: entryText(file, feed.alias),
    version,
    changeable: [...changeableSettings(feed)],
    overrides: overridesOf(file, feed.alias, settings),
    ...(version > 0 && { changedBy, changedAt: new Date(version / 1000).toISOString() }),
    ...(fault !== undefined && { fault }),
  };
}
