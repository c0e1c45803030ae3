/**
 * The query that keeps the engine's process running: it waits a second a row and never ends. KILL QUERY on it ends the process in order. It
 * is found by its text, since the engine chooses the id of a query from the command line.
 */
export const KEEP_ALIVE_SQL =
  "SELECT sleepEachRow(1), 'updraft keep alive' FROM system.numbers SETTINGS max_block_size = 1, max_execution_time = 0 FORMAT Null";

/** How many other queries run. */
export const COUNT_RUNNING_SQL =
  "SELECT count() - 1 FROM system.processes WHERE query NOT LIKE 'SELECT sleepEachRow(1), \\'updraft keep alive\\'%'";

/** Ends the engine; running queries get a second. */
export const END_SQL =
  "KILL QUERY WHERE query LIKE 'SELECT sleepEachRow(1), \\'updraft keep alive\\'%' ASYNC FORMAT Null";
