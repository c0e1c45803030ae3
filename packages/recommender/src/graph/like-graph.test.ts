import fc from 'fast-check';
import { expect, test } from 'vitest';
import { forEachLikeOf, forEachLikerOf } from '../recommend/likes-of.ts';
import { createKeyDictionary } from './key-dictionary.ts';
import { createLikeGraph, type LikeGraph } from './like-graph.ts';
import { createRankedSet } from './ranked-set.ts';

// Few slots are home to many keys, so that they get into each other's way.
const key = fc.record({ lo: fc.constantFrom(0, 1, 2, 1_023, 1_024, 4_096), hi: fc.integer({ min: 0, max: 40 }) });

test('a dictionary knows the keys that somebody refers to, and no others, whatever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ key, isRelease: fc.boolean() }), { maxLength: 300 }), (steps) => {
      const freed: number[] = [];
      const dictionary = createKeyDictionary((id) => freed.push(id));
      const references = new Map<string, number>();
      for (const { key: { lo, hi }, isRelease } of steps) {
        const name = `${lo}/${hi}`;
        const held = references.get(name) ?? 0;
        if (isRelease && held > 0) {
          dictionary.release(dictionary.find(lo, hi));
          references.set(name, held - 1);
        } else {
          const id = dictionary.intern(lo, hi);
          expect(dictionary.keyOf(id)).toEqual({ lo, hi });
          dictionary.retain(id);
          references.set(name, held + 1);
        }
      }
      const alive = [...references].filter(([, held]) => held > 0).map(([name]) => name);
      expect(dictionary.size).toBe(alive.length);
      const ids = new Set<number>();
      for (const name of references.keys()) {
        const [lo = 0, hi = 0] = name.split('/').map(Number);
        const id = dictionary.find(lo, hi);
        expect(id >= 0).toBe(alive.includes(name));
        if (id >= 0) ids.add(id);
      }
      expect(ids.size).toBe(alive.length);
      expect(dictionary.bound).toBeLessThanOrEqual(references.size);
    }),
  );
});

test('an id that nobody refers to can be given back once, and only while it is unused', () => {
  const dictionary = createKeyDictionary();
  const id = dictionary.intern(1, 2);
  dictionary.sweep(id);
  dictionary.sweep(id);
  expect(dictionary.size).toBe(0);
  dictionary.retain(dictionary.intern(3, 4));
  dictionary.sweep(dictionary.find(3, 4));
  expect([dictionary.size, dictionary.find(1, 2)]).toEqual([1, -1]);
});

test('a set of ids tells the place of each, and -1 for others', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 2_000 }), { maxLength: 500 }), (ids) => {
      const set = createRankedSet(Uint32Array.from(ids), 2_001);
      const sorted = ids.toSorted((a, b) => a - b);
      const seen: number[] = [];
      set.forEach((id) => seen.push(id));
      expect(seen).toEqual(sorted);
      for (let id = 0; id < 2_300; id++) expect(set.rankOf(id)).toBe(sorted.indexOf(id));
    }),
    { numRuns: 30 },
  );
});

interface Like {
  readonly liker: number;
  readonly post: number;
}

function read(graph: LikeGraph, hour: number, likes: readonly Like[]) {
  const reading = graph.beginHour(hour);
  for (const { liker, post } of likes) reading.add(liker, 1, post, 2);
  return reading;
}

function likesOf(graph: LikeGraph, liker: number): string[] {
  const likes: string[] = [];
  forEachLikeOf(graph.hours, graph.accounts.find(liker, 1), (post, hour) => {
    likes.push(`${hour}:${graph.posts.keyOf(post).lo}`);
    return true;
  });
  return likes.toSorted();
}

function likersOf(graph: LikeGraph, post: number): number[] {
  const likers: number[] = [];
  forEachLikerOf(graph.hours, graph.posts.find(post, 2), 1, (account) => likers.push(graph.accounts.keyOf(account).lo));
  return likers.toSorted((a, b) => a - b);
}

const like = fc.record({ liker: fc.integer({ min: 0, max: 20 }), post: fc.integer({ min: 0, max: 30 }) });
const step = fc.record({
  hour: fc.integer({ min: 1, max: 4 }),
  likes: fc.array(like, { maxLength: 60 }),
  deed: fc.constantFrom('commit', 'commit', 'abandon', 'drop'),
});

test('the graph has the likes that each hour was last read with, each once, however hours are read, dropped and given up', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const graph = createLikeGraph();
      const truth = new Map<number, Set<string>>();
      for (const { hour, likes, deed } of steps) {
        if (deed === 'drop') {
          graph.dropHour(hour);
          truth.delete(hour);
          continue;
        }
        read(graph, hour, likes)[deed]();
        if (deed === 'commit') truth.set(hour, new Set(likes.map(({ liker, post }) => `${liker}>${post}`)));
      }
      const all = [...truth].flatMap(([hour, pairs]) => [...pairs].map((pair) => ({ hour, pair: pair.split('>').map(Number) })));
      expect(graph.likes).toBe(all.length);
      for (let liker = 0; liker <= 20; liker++) {
        const own = all.filter(({ pair }) => pair[0] === liker);
        expect(likesOf(graph, liker)).toEqual(own.map(({ hour, pair }) => `${hour}:${pair[1]}`).toSorted());
        expect(graph.accounts.likesOf(graph.accounts.find(liker, 1))).toBe(own.length);
      }
      for (let post = 0; post <= 30; post++) {
        const likers = all.filter(({ pair }) => pair[1] === post).map(({ pair }) => pair[0] ?? -1);
        expect(likersOf(graph, post)).toEqual(likers.toSorted((a, b) => a - b));
      }
      expect(graph.accounts.size).toBe(new Set(all.map(({ pair }) => pair[0])).size);
      expect(graph.posts.size).toBe(new Set(all.map(({ pair }) => pair[1])).size);
    }),
  );
});

test('an hour that is being read keeps its ids: none may be dropped meanwhile', () => {
  const graph = createLikeGraph();
  read(graph, 1, [{ liker: 1, post: 1 }]).commit();
  const reading = read(graph, 2, [{ liker: 1, post: 2 }]);
  expect(() => graph.dropHour(1)).toThrow('being read');
  expect(() => graph.beginHour(3)).toThrow('being read');
  reading.commit();
  graph.dropHour(1);
  expect(likesOf(graph, 1)).toEqual(['2:2']);
});

const fact = (post: number, author: string, rkey = '3l3frqadlo32h') => ({
  keyLo: post,
  keyHi: 2,
  authorLo: author.length,
  authorHi: 9,
  did: author,
  rkey,
  sortAtS: 1_700_000_000,
  isReply: false,
  hasMedia: true,
  langs: 'en,ja',
  root: post,
});

test('what is known of a post goes with its last like, and its uri comes back as it was', () => {
  const graph = createLikeGraph();
  read(graph, 1, [{ liker: 1, post: 1 }, { liker: 1, post: 2 }, { liker: 1, post: 3 }]).commit();
  const authors = ['did:plc:abcdefghijklmnopqrstuvwx', 'did:web:a.example', 'did:plc:y'];
  for (const [n, did] of authors.entries()) graph.learn(fact(n + 1, did, n === 2 ? 'no-tid' : '3l3frqadlo32h'));
  graph.learn(fact(9, 'did:web:nobody.example'));
  const [first, second, third] = [1, 2, 3].map((post) => graph.posts.find(post, 2));
  expect(graph.facts.uri(first ?? -1)).toBe('at://did:plc:abcdefghijklmnopqrstuvwx/app.bsky.feed.post/3l3frqadlo32h');
  expect(graph.facts.uri(second ?? -1)).toBe('at://did:web:a.example/app.bsky.feed.post/3l3frqadlo32h');
  expect(graph.facts.sortAtS(third ?? -1)).toBe(0);
  expect(graph.facts.langs(first ?? -1)).toEqual(['en', 'ja']);
  read(graph, 1, [{ liker: 1, post: 2 }]).commit();
  read(graph, 2, [{ liker: 1, post: 7 }]).commit();
  expect(graph.facts.sortAtS(graph.posts.find(7, 2))).toBe(0);
  expect(graph.facts.findAuthor(authors[0]?.length ?? 0, 9)).toBe(-1);
  expect(graph.facts.did(graph.posts.find(2, 2))).toBe('did:web:a.example');
});
