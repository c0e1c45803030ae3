import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLines } from '../wire/read-lines.ts';
import { eventLine } from './event.ts';
import { createWorld } from './world.ts';
import { writeWorldFile } from './world-file.ts';

test.each(['world.jsonl', 'world.jsonl.gz', 'world.jsonl.zst'])(
  '%s holds the first events of the world, a line each',
  async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'updraft-world-'));
    try {
      const world = createWorld({ seed: 2, accounts: 100, hostile: 0.5, eventsPerDay: 5_000 });
      const written = await writeWorldFile(world, join(folder, name), 5_000);
      const lines: string[] = [];
      for await (const group of readLines(join(folder, name))) lines.push(...group.map(String));
      const events = world.events();
      const expected = Array.from({ length: 5_000 }, () => eventLine(events.next().value)).filter(
        (line) => line !== '',
      );
      expect(lines).toEqual(expected);
      expect(written).toBe(expected.length);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
