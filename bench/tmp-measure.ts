import { readFileSync } from 'node:fs';
import { createClickHouse, followedPosts } from '@updraft/store';
import { keepForFeed } from '@updraft/feeds';
import { createStandings } from '../apps/feedgen/src/moderation/standings.ts';
const { connection, asOfMs } = JSON.parse(readFileSync('/tmp/w/feeds/bench/env.json', 'utf8'));
const clickhouse = createClickHouse(connection);
const feed = { alias: 'b', labels: { exclude: ['porn', '!hide'], require: [] }, recommendableOnly: false, bots: true, validOnly: false };
const keep = keepForFeed({ keepValid: async (p) => new Set(p.map((x) => x.uri)), standings: createStandings(clickhouse, [feed]) }, feed);
const only = process.argv[2];
for (const n of [0, 300, 5_000, 100_000, 500_000])
  for (const [name, more] of Object.entries({ newest: {}, perAuthor1: { perAuthor: 1 }, reposts: { reposts: true }, hot: { gravity: 1.8 } })) {
    if (only && only !== name) continue;
    const times: number[] = [];
    let posts = 0;
    for (let k = 0; k < 3; k++) {
      const t = performance.now();
      posts = (await followedPosts(clickhouse, { viewerDid: `did:plc:viewer${n}`, asOfMs, windowMs: 72 * 3_600_000, reposts: false, replies: false, mediaOnly: false, languages: [], size: 300, gravity: undefined, ...more }, keep)).length;
      times.push(Math.round(performance.now() - t));
    }
    console.log(n, name, posts, times.join(' '));
  }
await clickhouse.close();
