import { expect, it } from 'vitest';
import { createRecordCounter } from './record-counter.ts';

const head = (collection: string, rkey: string) => `{"uri":"at://did:plc:a/${collection}/${rkey}","cid":"bafy${rkey}"`;
const like = (rkey: string) =>
  `${head('app.bsky.feed.like', rkey)},"content":{"subject":{"uri":"at://did:plc:b/app.bsky.feed.post/1","cid":"bafyb"}}}`;
const json = `{"did":"did:plc:a","rev":"3k","posts":[${head('app.bsky.feed.post', '1')},"content":{"text":${JSON.stringify(
  like('9'),
)}}}],"likes":[${like('1')},${like('2')}],"other":[${head('x.y.z', '1')},"content":null,"error":"…"}]}\n`;
const COUNTS = [
  ['app.bsky.feed.like', 2],
  ['app.bsky.feed.post', 1],
  ['x.y.z', 1],
];

it('records are counted by collection, wherever the text is cut, and nothing that a record says is counted', () => {
  for (let size = 1; size < json.length; size += 7) {
    const counter = createRecordCounter();
    for (let from = 0; from < json.length; from += size) counter.add(json.slice(from, from + size));
    expect(counter.counts()).toEqual(COUNTS);
  }
});

it('lines are counted like lists', () => {
  const counter = createRecordCounter();
  counter.add(`${head('a.b.c', '1')},"collection":"a.b.c","rkey":"1","content":{}}\n`.repeat(3));
  expect(counter.counts()).toEqual([['a.b.c', 3]]);
});
