import { collectionRange, type Repository, type RepositoryRecord, recordRange } from '@updraft/repository';

/** `json`: one object with the records by kind; `ndjson`: a line for each record, in the order of their paths. */
export type ExportFormat = 'json' | 'ndjson';

/** The repository as text, piece by piece. */
export function* exportText(repository: Repository, format: ExportFormat): Generator<string> {
  if (format === 'ndjson') {
    for (const record of repository.records()) yield `${lineOf(record)}\n`;
    return;
  }
  yield `{"did":${JSON.stringify(repository.did)},"rev":${JSON.stringify(repository.commit.rev)}`;
  for (const [name, collection] of SECTIONS) yield* section(name, repository.records(collectionRange(collection)));
  yield `,"profile":${profileOf(repository)}`;
  yield* section('other', others(repository));
  yield '}\n';
}

const SECTIONS = [
  ['posts', 'app.bsky.feed.post'],
  ['likes', 'app.bsky.feed.like'],
  ['reposts', 'app.bsky.feed.repost'],
  ['follows', 'app.bsky.graph.follow'],
  ['blocks', 'app.bsky.graph.block'],
] as const;
const PROFILE = 'app.bsky.actor.profile';
const NAMED = new Set<string>([...SECTIONS.map(([, collection]) => collection), PROFILE]);

function* section(name: string, records: Iterable<RepositoryRecord>): Generator<string> {
  yield `,"${name}":[`;
  let separator = '';
  for (const record of records) {
    yield separator + itemOf(record);
    separator = ',';
  }
  yield ']';
}

function profileOf(repository: Repository): string {
  const [record] = repository.records(recordRange(`${PROFILE}/self`));
  return record === undefined ? 'null' : itemOf(record);
}

function* others(repository: Repository): Generator<RepositoryRecord> {
  for (const record of repository.records()) if (!NAMED.has(record.collection)) yield record;
}

function itemOf({ uri, cid, value }: RepositoryRecord): string {
  return `{"uri":${JSON.stringify(uri)},"cid":"${cid}",${contentOf(value)}}`;
}

function lineOf({ uri, cid, collection, rkey, value }: RepositoryRecord): string {
  return `{"uri":${JSON.stringify(uri)},"cid":"${cid}","collection":${JSON.stringify(collection)},"rkey":${JSON.stringify(rkey)},${contentOf(value)}}`;
}

function contentOf(value: unknown): string {
  const text = value === undefined ? undefined : toJson(value);
  return text === undefined ? '"content":null,"error":"this record can not be read"' : `"content":${text}`;
}

function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // nested too deep, or too long for a string
    throw error;
  }
}
