/** A record of app.bsky.feed.generator: the fields that we use. */
export interface GeneratorRecord {
  readonly $type: 'app.bsky.feed.generator';
  /** The service that gives the feed. */
  readonly did: string;
  readonly displayName: string;
  readonly description?: string;
  /** The PDS's reference to the picture. */
  readonly avatar?: unknown;
  readonly acceptsInteractions?: boolean;
  readonly contentMode?: string;
  readonly createdAt: string;
  readonly labels?: unknown;
}

/** A record in the publisher's repository. */
export interface PublishedFeed {
  readonly rkey: string;
  readonly cid: string;
  readonly record: GeneratorRecord;
  /** CID of its picture. */
  readonly avatarCid: string | undefined;
}

/** A feed as feeds.yaml wants it published. */
export interface WantedFeed {
  readonly rkey: string;
  readonly displayName: string;
  readonly description: string;
  readonly acceptsInteractions: boolean;
  readonly contentMode: string;
  readonly avatar: Picture | undefined;
}

export interface Picture {
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  readonly cid: string;
}

export type PublishingStep =
  | {
      readonly kind: 'create' | 'update';
      readonly rkey: string;
      readonly record: GeneratorRecord;
      readonly avatar: Picture | undefined;
      readonly swapCid: string | null;
      readonly changes: readonly string[];
    }
  | { readonly kind: 'delete'; readonly rkey: string; readonly swapCid: string }
  | { readonly kind: 'keep'; readonly rkey: string; readonly why: string };

/** The repository that a plan is applied to. */
export interface PlanTarget {
  /** Stores a picture and gives the reference for the record. */
  upload(picture: Picture): Promise<unknown>;
  /** `swapCid`: the version to replace, null for none. The PDS refuses any other, so no change of others is lost. */
  put(rkey: string, record: GeneratorRecord, swapCid: string | null): Promise<void>;
  remove(rkey: string, swapCid: string): Promise<void>;
}

/** The steps that publish the wanted feeds. A second time they change nothing. */
export function planPublishing(
  published: readonly PublishedFeed[],
  wanted: readonly WantedFeed[],
  serviceDid: string,
  now: Date,
): PublishingStep[] {
  return wanted.map((feed) => {
    const existing = published.find(({ rkey }) => rkey === feed.rkey);
    const record = recordOf(feed, serviceDid, existing, now);
    const base = { rkey: feed.rkey, record, avatar: feed.avatar };
    if (existing === undefined) return { kind: 'create', ...base, swapCid: null, changes: [] };
    const changes = differences(existing, record, feed.avatar);
    if (changes.length === 0) return { kind: 'keep', rkey: feed.rkey, why: 'is published as it should be' };
    return { kind: 'update', ...base, swapCid: existing.cid, changes };
  });
}

/** The steps that unpublish these feeds, or all of this service. Other services' records stay. */
export function planUnpublishing(
  published: readonly PublishedFeed[],
  names: readonly string[] | 'all',
  serviceDid: string,
): PublishingStep[] {
  const own = published.filter(({ record }) => record.did === serviceDid);
  const rkeys = names === 'all' ? own.map(({ rkey }) => rkey) : names;
  return rkeys.map((rkey) => {
    const existing = own.find((feed) => feed.rkey === rkey);
    if (existing !== undefined) return { kind: 'delete', rkey, swapCid: existing.cid };
    const isForeign = published.some((feed) => feed.rkey === rkey);
    return { kind: 'keep', rkey, why: isForeign ? 'belongs to another service' : 'is not published' };
  });
}

export async function applyPlan(plan: readonly PublishingStep[], target: PlanTarget): Promise<void> {
  for (const step of plan) {
    if (step.kind === 'keep') continue;
    if (step.kind === 'delete') await target.remove(step.rkey, step.swapCid);
    else {
      const avatar = step.avatar === undefined ? {} : { avatar: await target.upload(step.avatar) };
      await target.put(step.rkey, { ...step.record, ...avatar }, step.swapCid);
    }
  }
}

export function describeStep(step: PublishingStep): string {
  if (step.kind === 'keep') return `keep    ${step.rkey}: ${step.why}`;
  if (step.kind === 'delete') return `delete  ${step.rkey}`;
  if (step.kind === 'create') return `create  ${step.rkey}: ${step.record.displayName}`;
  return `update  ${step.rkey}: ${step.changes.join(', ')}`;
}

function recordOf(
  feed: WantedFeed,
  serviceDid: string,
  existing: PublishedFeed | undefined,
  now: Date,
): GeneratorRecord {
  return {
    $type: 'app.bsky.feed.generator',
    did: serviceDid,
    displayName: feed.displayName,
    ...(feed.description !== '' && { description: feed.description }),
    ...(feed.acceptsInteractions && { acceptsInteractions: true }),
    ...(feed.contentMode !== 'unspecified' && { contentMode: 'app.bsky.feed.defs#contentModeVideo' }),
    ...(existing?.record.labels !== undefined && { labels: existing.record.labels }),
    createdAt: existing?.record.createdAt ?? now.toISOString(),
  };
}

function differences(
  { record, avatarCid }: PublishedFeed,
  wanted: GeneratorRecord,
  avatar: Picture | undefined,
): string[] {
  const fields = ['did', 'displayName', 'description', 'acceptsInteractions', 'contentMode'] as const;
  const changed: string[] = fields.filter((field) => (record[field] ?? false) !== (wanted[field] ?? false));
  return avatarCid === avatar?.cid ? changed : [...changed, 'avatar'];
}
