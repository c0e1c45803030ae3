import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGroundTruth, createWorld, eventLine, type GroundTruth } from '@updraft/simulator';
import { type Store, startProgram, startStack } from '../indexer/stack.ts';
import { type SearchService, startSearchService } from './service.ts';

const EVENTS = 8_000;
/** The world ends an hour ago: its last day is yesterday or today. */
export const NOW_MICROS = Math.floor(Date.now() / 1000 - 3600) * 1_000_000;

/** A search service over a hostile simulated world, and the truth about it. */
export interface TrueWorld extends AsyncDisposable {
  readonly store: Store;
  readonly service: SearchService;
  readonly truth: GroundTruth;
  /** Sends lines through the indexer, and adds them to the truth. */
  index(name: string, lines: readonly string[]): Promise<void>;
}

/** `more` comes after the world's events. */
export async function startTrueWorld(
  name: string,
  more: (truth: GroundTruth) => readonly string[] = () => [],
): Promise<TrueWorld> {
  const stack = await startStack();
  const store = await stack.createStore(name);
  const truth = createGroundTruth();
  const learn = (lines: readonly string[]) => {
    for (const line of lines) truth.add(line);
    return lines;
  };
  const replay = async (file: string, lines: readonly string[]) => {
    const path = join(stack.directory, `${file}.jsonl`);
    await writeFile(path, `${lines.join('\n')}\n`);
    const program = startProgram('apps/indexer/src/replay-command.ts', ['--restart', path], store.env);
    const { code } = await program.exited;
    if (code !== 0) throw new Error(program.output());
  };
  const world = learn(worldLines());
  await replay('world', [...world, ...learn(more(truth))]);
  const service = await startSearchService(store);
  return {
    store,
    service,
    truth,
    index: (file, lines) => replay(file, learn(lines)),
    [Symbol.asyncDispose]: async () => {
      await service[Symbol.asyncDispose]();
      await stack.close();
    },
  };
}

/** The same lines each time. */
export function worldLines(): string[] {
  const lines: string[] = [];
  for (const event of createWorld({
    seed: 11,
    accounts: 300,
    hostile: 0.3,
    nowMicros: NOW_MICROS,
    eventsPerDay: EVENTS,
  }).events()) {
    const line = eventLine(event);
    if (line.trim() !== '' && !line.includes('\n')) lines.push(line); // a file's lines can't be otherwise
    if (lines.length === EVENTS) break;
  }
  return lines;
}

/** Deletes the first accounts of the truth, at a moment after the world's end. */
export function accountDeletions(truth: GroundTruth, count: number): string[] {
  return [...truth.handles.keys()].slice(0, count).map((did, index) => {
    const micros = NOW_MICROS + 1_500_000_000 + index * 1_000;
    const time = new Date(micros / 1_000).toISOString();
    const deletion = { active: false, did, seq: 1, status: 'deleted', time };
    return JSON.stringify({ did, time_us: micros, kind: 'account', account: deletion });
  });
}
