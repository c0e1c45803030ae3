import { expect, it } from 'vitest';
import { withoutDatabase } from './dump-schema.ts';

it("takes the database's name from tables, quoted names and dictionaries, and from nothing else", () => {
  const ddl =
    "CREATE VIEW db1.v AS SELECT dictGet('db1.hidden', 'x', k), 'in db1.x' FROM db1.t JOIN `db1`.u USING (k) WHERE mydb1.a = 'db1'";
  expect(withoutDatabase(ddl, 'db1')).toBe(
    "CREATE VIEW v AS SELECT dictGet('hidden', 'x', k), 'in x' FROM t JOIN u USING (k) WHERE mydb1.a = 'db1'",
  );
});
