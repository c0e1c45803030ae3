import { quoteText } from '../clickhouse/quote.ts';
import { int64, string } from '../row-binary/codecs.ts';
import { shape } from '../row-binary/shape.ts';
import type { Place } from './target.ts';

/** Work on a table's parts that a server does in the background, one after the other. */
export interface Mutation {
  readonly id: string;
  readonly command: string;
  readonly partsToDo: number;
  /** Why the last attempt at a part failed; '' once it succeeded. */
  readonly failure: string;
}

/** Those of a table that are not done, oldest first. */
export function readMutations({ client, cluster }: Place, table: string): Promise<Mutation[]> {
  // Each replica tells of the parts that it has.
  const mutations = cluster === '' ? 'system.mutations' : `clusterAllReplicas(${quoteText(cluster)}, system.mutations)`;
  return client.query(
    `SELECT m.mutation_id AS id, any(m.command) AS command, max(m.parts_to_do) AS parts_to_do, max(m.latest_fail_reason) AS failure
     FROM ${mutations} AS m
     WHERE m.database = {database:String} AND m.table = {table:String} AND NOT m.is_done
     GROUP BY id ORDER BY min(m.create_time), id`,
    shape<Mutation>({ id: string, command: string, partsToDo: int64, failure: string }),
    { database: client.database, table },
  );
}

/** A mutation as a person finds it. */
export function nameOfMutation({ client, address }: Place, table: string, { id, command }: Mutation): string {
  return `mutation '${id}' of ${client.database}.${table} at ${address}, ${command}`;
}

/** The statement that ends it. */
export function endingOf({ client, cluster }: Place, table: string, { id }: Mutation): string {
  const onCluster = cluster === '' ? '' : ` ON CLUSTER ${quoteText(cluster)}`;
  const [database, name, mutation] = [client.database, table, id].map(quoteText);
  return `KILL MUTATION${onCluster} WHERE database = ${database} AND table = ${name} AND mutation_id = ${mutation}`;
}
