import { createIn, pickPost } from './engagement.ts';
import type { WorldEvent } from './event.ts';
import { LANGUAGES, type Language, TAGS, writeText } from './languages.ts';
import { createWeighted } from './rng.ts';
import {
  COLLECTIONS,
  commit,
  createdAt,
  nextRkey,
  pickActor,
  pickTarget,
  recordUri,
  strongRef,
  tidOf,
  type WorldState,
} from './state.ts';

const pickLanguage = createWeighted(LANGUAGES);

/** A new post; some of them become popular. */
export function post(state: WorldState): WorldEvent {
  const actor = pickActor(state);
  const event = createIn(state, 'post', actor, postRecord(state));
  makePopular(state);
  return event;
}

/** Posts, replies and quotes, with media, languages, tags and mentions, as people write them. Returns the record's JSON. */
export function postRecord(state: WorldState): string {
  const { random } = state;
  const language = pickLanguage(random);
  const long = random.chance(0.1);
  const text = writeText(random, language, 1 + random.int(long ? 45 : 14));
  const { fullText, facets } = random.chance(0.15) ? addFeatures(state, text) : { fullText: text, facets: '' };
  const langs =
    language.tags.length > 0
      ? `,"langs":${JSON.stringify(random.chance(0.05) ? [...language.tags, 'en'] : language.tags.slice(0, 1))}`
      : '';
  const reply = random.chance(0.4) ? replyPart(state) : '';
  const tags = random.chance(0.02) ? `,"tags":["${random.pick(TAGS)}","${random.pick(TAGS)}"]` : '';
  return `{"$type":"app.bsky.feed.post","createdAt":"${createdAt(state)}"${embedPart(state, language)}${facets}${langs}${reply}${tags},"text":${JSON.stringify(fullText)}}`;
}

function makePopular({ popular, live, random }: WorldState): void {
  const full = popular.size === popular.accounts.length;
  // A young world's first posts are popular at once; later one in twelve takes the place of another.
  if (full && !random.chance(0.08)) return;
  const rank = full ? random.int(popular.size) : popular.size++;
  popular.accounts[rank] = live.post.accountAt(0);
  popular.micros[rank] = live.post.microsAt(0);
}

function replyPart(state: WorldState): string {
  const root = pickPost(state);
  if (root === undefined) return '';
  const parent = state.random.chance(0.6) ? root : (pickPost(state) ?? root);
  return `,"reply":{"parent":${strongRef(state, parent)},"root":${strongRef(state, root)}}`;
}

function embedPart(state: WorldState, language: Language): string {
  const u = state.random.next();
  if (u < 0.2) return `,"embed":${imagesEmbed(state, language)}`;
  if (u < 0.24)
    return `,"embed":{"$type":"app.bsky.embed.video","alt":${altText(state, language)},"aspectRatio":{"height":1920,"width":1080},"video":${blob(state, 'video/mp4')}}`;
  if (u < 0.33) return `,"embed":${externalEmbed(state, language)}`;
  if (u > 0.42) return '';
  const quoted = pickPost(state);
  if (quoted === undefined) return '';
  const record = `{"$type":"app.bsky.embed.record","record":${strongRef(state, quoted)}}`;
  if (u < 0.4) return `,"embed":${record}`;
  return `,"embed":{"$type":"app.bsky.embed.recordWithMedia","media":${imagesEmbed(state, language)},"record":${record}}`;
}

/** Up to four pictures are `images`, more are a `gallery`, as Bluesky's app writes them. */
function imagesEmbed(state: WorldState, language: Language): string {
  const { random } = state;
  const isGallery = random.chance(0.1);
  const count = isGallery ? 5 + random.int(6) : 1 + random.int(4) * random.int(2);
  const type = isGallery ? '"$type":"app.bsky.embed.gallery#image",' : '';
  const image = () =>
    `{${type}"alt":${altText(state, language)},"aspectRatio":{"height":${600 + random.int(1400)},"width":${600 + random.int(1400)}},"image":${blob(state, 'image/jpeg')}}`;
  const images = Array.from({ length: count }, image).join(',');
  return isGallery
    ? `{"$type":"app.bsky.embed.gallery","items":[${images}]}`
    : `{"$type":"app.bsky.embed.images","images":[${images}]}`;
}

function altText({ random }: WorldState, language: Language): string {
  return random.chance(0.4) ? JSON.stringify(writeText(random, language, 6)) : '""';
}

function externalEmbed(state: WorldState, language: Language): string {
  const { random } = state;
  const title = JSON.stringify(writeText(random, language, 6));
  return `{"$type":"app.bsky.embed.external","external":{"description":${title},"thumb":${blob(state, 'image/jpeg')},"title":${title},"uri":"https://news.example/${random.int(1e6)}"}}`;
}

export function blob(state: WorldState, mimeType: string): string {
  return `{"$type":"blob","ref":{"$link":"${state.cid.blob()}"},"mimeType":"${mimeType}","size":${20_000 + state.random.int(900_000)}}`;
}

/** Adds a tag, a link or a mention to the text, with its facet. Facets count in UTF-8 bytes. */
function addFeatures(state: WorldState, text: string): { fullText: string; facets: string } {
  const { random, accounts } = state;
  const byteStart = Buffer.byteLength(text) + 1;
  const u = random.next();
  const target = pickTarget(state);
  const tag = random.pick(TAGS);
  const added = u < 0.5 ? `#${tag}` : u < 0.75 ? `@${accounts.handle(target, 0)}` : 'https://example.com/a';
  const feature =
    u < 0.5
      ? `{"$type":"app.bsky.richtext.facet#tag","tag":"${tag}"}`
      : u < 0.75
        ? `{"$type":"app.bsky.richtext.facet#mention","did":"${accounts.did(target)}"}`
        : '{"$type":"app.bsky.richtext.facet#link","uri":"https://example.com/a"}';
  const byteEnd = byteStart + Buffer.byteLength(added);
  return {
    fullText: `${text} ${added}`,
    facets: `,"facets":[{"$type":"app.bsky.richtext.facet","features":[${feature}],"index":{"byteEnd":${byteEnd},"byteStart":${byteStart}}}]`,
  };
}

/** Who may reply to the account's last post: a record under the post's own rkey. */
export function threadgate(state: WorldState): WorldEvent | undefined {
  const { post: posts } = state.live;
  if (posts.size === 0) return undefined;
  const back = state.random.int(Math.min(posts.size, 100));
  const actor = posts.accountAt(back);
  if (state.status[actor] !== 0) return undefined;
  const micros = posts.microsAt(back);
  const record = `{"$type":"app.bsky.feed.threadgate","allow":[{"$type":"app.bsky.feed.threadgate#followingRule"}],"createdAt":"${createdAt(state)}","hiddenReplies":[],"post":"${recordUri(state, COLLECTIONS.post, actor, micros)}"}`;
  return commit(state, actor, {
    operation: 'create',
    collection: 'app.bsky.feed.threadgate',
    rkey: tidOf(state, actor, micros),
    record,
  });
}

/** A list, a list's item, a feed, or a record of another application. */
export function otherRecord(state: WorldState): WorldEvent {
  const { random } = state;
  const actor = pickActor(state);
  const u = random.next();
  if (u < 0.1) {
    const record = `{"$type":"app.bsky.graph.list","createdAt":"${createdAt(state)}","description":"people who write about ${random.pick(TAGS)}","name":"${random.pick(TAGS)}","purpose":"app.bsky.graph.defs#${random.chance(0.5) ? 'curatelist' : 'modlist'}"}`;
    return createIn(state, 'list', actor, record);
  }
  if (u < 0.45 && state.live.list.size > 0) return listItem(state);
  if (u < 0.5) {
    const record = `{"$type":"app.bsky.feed.generator","createdAt":"${createdAt(state)}","did":"did:web:feeds.example","displayName":"${random.pick(TAGS)} feed"}`;
    return commit(state, actor, {
      operation: 'create',
      collection: 'app.bsky.feed.generator',
      rkey: `feed-${random.int(1e6)}`,
      record,
    });
  }
  const [collection, record] = random.pick(OTHERS);
  const rkey = collection === 'app.bsky.actor.status' ? 'self' : tidOf(state, actor, nextRkey(state, actor));
  return commit(state, actor, { operation: 'create', collection, rkey, record: record(createdAt(state)) });
}

function listItem(state: WorldState): WorldEvent {
  const { list } = state.live;
  const back = state.random.int(Math.min(list.size, 200));
  const actor = list.accountAt(back);
  const uri = recordUri(state, COLLECTIONS.list, actor, list.microsAt(back));
  const record = `{"$type":"app.bsky.graph.listitem","createdAt":"${createdAt(state)}","list":"${uri}","subject":"${state.accounts.did(pickTarget(state))}"}`;
  return createIn(state, 'listitem', actor, record);
}

const OTHERS: readonly (readonly [string, (createdAt: string) => string])[] = [
  [
    'app.bsky.actor.status',
    (at) =>
      `{"$type":"app.bsky.actor.status","createdAt":"${at}","durationMinutes":240,"status":"app.bsky.actor.status#live"}`,
  ],
  [
    'app.bsky.feed.postgate',
    (at) => `{"$type":"app.bsky.feed.postgate","createdAt":"${at}","detachedEmbeddingUris":[]}`,
  ],
  [
    'app.bsky.graph.starterpack',
    (at) => `{"$type":"app.bsky.graph.starterpack","createdAt":"${at}","name":"start here"}`,
  ],
  ['chat.bsky.actor.declaration', () => '{"$type":"chat.bsky.actor.declaration","allowIncoming":"following"}'],
  ['fyi.unravel.frontpage.post', (at) => `{"$type":"fyi.unravel.frontpage.post","createdAt":"${at}","title":"a link"}`],
  ['sh.tangled.repo.issue', (at) => `{"$type":"sh.tangled.repo.issue","createdAt":"${at}","body":"it breaks"}`],
  ['place.stream.chat.message', (at) => `{"$type":"place.stream.chat.message","createdAt":"${at}","text":"hello"}`],
];
