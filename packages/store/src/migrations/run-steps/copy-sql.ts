import { RECORD_SORT_AT_MS } from '../../tables/record-rows.ts';

/*
 * The statements that copy a slice of the old tables: hours `from` … `to`, and part `part` of `parts` of the keys in them. They read every
 * state of a record, deleted ones too, and each row can be rebuilt byte for byte: where the form would give another JSON, the whole JSON is
 * kept.
 */

const SLICE = (did: string): string =>
  `record_hour BETWEEN {from:UInt32} AND {to:UInt32} AND ({parts:UInt32} = 1 OR cityHash64(${did}, ${did.replace(/\w+$/, 'rkey')}) % {parts:UInt32} = {part:UInt32})`;

/** Revs after 2112 don't fit a relative version. */
const FIRST_BAD_VERSION = '9223372036854775808';

/** The TID in an rkey whose hour says that it has one. */
const TID = `if(record_hour = 0, 0, reinterpretAsUInt64(reverse(substring(tryBase32Decode(concat('AAA', translate(rkey, '234567abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'))), 3))))`;

const isoMs = (ms: string): string =>
  `concat(formatDateTime(fromUnixTimestamp64Milli(${ms}, 'UTC'), '%Y-%m-%dT%H:%i:%S.', 'UTC'), leftPad(toString(${ms} % 1000), 3, '0'), 'Z')`;

/** The typed tables say whether a record was usable, and its true time. */
const typed = (table: string, collection: string, subject: string): string =>
  `SELECT record_hour, '${collection}' AS collection, actor_did AS repo, rkey, version, ${subject} AS subject, toUnixTimestamp64Milli(sort_at) AS sort_ms, deleted
   FROM ${table} WHERE ${SLICE('actor_did')}`;
const usable = (states: string): string => `${states} AND deleted = 0`;

const LIKES = typed('likes', 'app.bsky.feed.like', 'subject_uri');
const REPOSTS = typed('reposts', 'app.bsky.feed.repost', 'subject_uri');
const TYPED = [
  LIKES,
  REPOSTS,
  typed('follows', 'app.bsky.graph.follow', 'subject_did'),
  typed('blocks', 'app.bsky.graph.block', 'subject_did'),
]
  .map(usable)
  .join(' UNION ALL ');

/** `which` chooses among the states: see copySlice(). */
export const copyRecordsSql = (which: string): string => `
INSERT INTO record_rows
  (record_hour, collection, repo, rkey_tid, rkey_text, operation, subject, created_delta, json_rest, relative_version, deleted)
WITH
  toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000)) AS key_ms,
  concat('{"$type":"', collection, '","createdAt":"') AS head,
  toUnixTimestamp64Milli(parseDateTime64BestEffortOrZero(substring(record_json, length(head) + 1, 24), 3, 'UTC')) AS written_ms,
  concat(head, ${isoMs('written_ms')}, '","subject":', if(startsWith(collection, 'app.bsky.feed.'), concat('{"uri":"', subject, '"}'), concat('"', subject, '"'))) AS form,
  substring(record_json, length(form) + 1, length(record_json) - length(form) - 1) AS members,
  subject != '' AND written_ms BETWEEN 946684800000 AND 7258118399999 AND concat(form, members, '}') = record_json
    AND (members = '' OR startsWith(members, ',')) AS has_form,
  written_ms - key_ms AS written_delta
SELECT
  record_hour, collection, repo, rkey_tid, if(rkey_tid = 0, rkey, '') AS rkey_text, operation, subject,
  multiIf(subject = '', 0, fits, written_delta, sort_ms - key_ms) AS created_delta,
  multiIf(deleted = 1, '', fits, members, record_json) AS json_rest,
  relative_version, deleted
FROM
(
  SELECT *, has_form AND sort_ms = ${RECORD_SORT_AT_MS.replaceAll('created_delta', 'written_delta')} AS fits
  FROM
  (
    SELECT r.record_hour AS record_hour, r.collection AS collection, r.repo AS repo, r.rkey AS rkey, r.operation AS operation,
      r.record_json AS record_json, r.deleted AS deleted, ${TID} AS rkey_tid,
      r.version - 2 * rkey_tid + ${FIRST_BAD_VERSION} AS relative_version,
      if(r.deleted = 1, '', s.subject) AS subject, s.sort_ms AS sort_ms
    FROM repo_records AS r
    ANY LEFT JOIN (${TYPED}) AS s
      ON r.collection = s.collection AND r.repo = s.repo AND r.rkey = s.rkey AND r.version = s.version
    WHERE r.collection != 'app.bsky.feed.post' AND r.version < ${FIRST_BAD_VERSION} AND ${SLICE('r.repo')} AND ${which}
  )
)`;

/**
 * A post that was deleted in its own table only was not an object: now it is an empty post. One whose JSON is gone, by a retention, gets no
 * JSON, since its columns don't have all of it.
 */
export const copyPostsSql = (which: string): string => `
INSERT INTO post_rows
  (record_hour, did, rkey, operation, sort_at, text, langs, tags, mentions, tokens, parent_uri, root_uri, quote_uri, embed, has_embedded_media, json_rest, version, deleted)
WITH
  replaceOne(record_json, concat('"$type":"app.bsky.feed.post","createdAt":"', ${isoMs('toUnixTimestamp64Milli(sort_at)')}, '"'), '\\x01') AS without_time,
  replaceOne(without_time, concat('"langs":["', arrayStringConcat(langs, '","'), '"]'), '\\x02') AS without_langs,
  if(parent_uri = '', without_langs, replaceOne(without_langs, concat('"reply":{"parent":{"uri":"', parent_uri, '"},"root":{"uri":"', root_uri, '"}}'), '\\x03')) AS without_reply,
  replaceOne(without_reply, concat('"text":"', replaceAll(replaceAll(replaceAll(text, '\\\\', '\\\\\\\\'), '"', '\\\\"'), '\\n', '\\\\n'), '"'), '\\x04') AS without_text,
  if(quote_uri = '', without_text, replaceOne(without_text, concat('"uri":"', quote_uri, '"'), '\\x05')) AS without_quote
SELECT
  record_hour, did, rkey, operation, sort_at, text, langs, tags, mentions, tokens, parent_uri, root_uri, quote_uri, embed, has_embedded_media,
  if(is_deleted, '', without_quote) AS json_rest, version, is_deleted AS deleted
FROM
(
  SELECT p.*, r.record_json AS record_json,
    p.deleted = 1 AND (record_json = '' OR startsWith(record_json, '{')) AS is_deleted,
    if(is_deleted, 'delete', if(r.operation = '', 'create', r.operation)) AS operation
  FROM posts AS p
  ANY LEFT JOIN
  (
    SELECT repo, rkey, version, operation, record_json FROM repo_records
    WHERE collection = 'app.bsky.feed.post' AND deleted = 0 AND ${SLICE('repo')}
  ) AS r ON p.did = r.repo AND p.rkey = r.rkey AND p.version = r.version
  WHERE p.version < ${FIRST_BAD_VERSION} AND ${SLICE('p.did')} AND ${which}
)`;

/**
 * States of likes and reposts whose JSON is gone, by a retention: their columns are their JSON. Deletes too, since an earlier state may
 * still be there.
 */
export const COPY_LIKES_WITHOUT_JSON = `
INSERT INTO record_rows
  (record_hour, collection, repo, rkey_tid, rkey_text, operation, subject, created_delta, json_rest, relative_version, deleted)
SELECT
  s.record_hour AS record_hour, s.collection AS collection, s.repo AS repo, ${TID.replace('rkey,', 's.rkey,')} AS rkey_tid,
  if(rkey_tid = 0, s.rkey, '') AS rkey_text, if(s.deleted = 1, 'delete', 'create') AS operation, if(s.deleted = 1, '', s.subject) AS subject,
  if(s.deleted = 1, 0, s.sort_ms - toInt64(intDiv(bitShiftRight(rkey_tid, 10), 1000))) AS created_delta, '' AS json_rest,
  s.version - 2 * rkey_tid + ${FIRST_BAD_VERSION} AS relative_version, s.deleted AS deleted
FROM (${[LIKES, REPOSTS].join(' UNION ALL ')}) AS s
ANY LEFT JOIN (SELECT collection, repo, rkey, version, 1 AS is_there FROM repo_records
  WHERE collection IN ('app.bsky.feed.like', 'app.bsky.feed.repost') AND ${SLICE('repo')}) AS r
  ON r.collection = s.collection AND r.repo = s.repo AND r.rkey = s.rkey AND r.version = s.version
WHERE is_there = 0 AND s.version < ${FIRST_BAD_VERSION}`;

/** Sets aside rows that don't fit a relative version. `rejected`: the table, with its database. */
export const rejectBadRevsSql = (rejected: string): string => `
INSERT INTO ${rejected} (event_hash, reason, detail, did, kind, collection, event, event_bytes)
SELECT
  lower(hex(sipHash128(repo, collection, rkey, version))), 'bad_rev', 'its rev is after 2112', repo, 'row of repo_records', collection,
  toJSONString(map('repo', repo, 'collection', collection, 'rkey', rkey, 'version', toString(version), 'operation', toString(operation), 'record_json', record_json)) AS event,
  length(event)
FROM repo_records WHERE version >= ${FIRST_BAD_VERSION}`;

/** Rows from before 0011 have an odd version when they are deleted, later ones when they are not. */
export const OF_OLD_FORM = '(version % 2 = 1) = (deleted = 1)';
