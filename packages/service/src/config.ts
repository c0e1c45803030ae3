import { z } from 'zod';
import { SetupError } from './setup-error.ts';

/** All faults of the environment, a line for each variable. */
export class ConfigError extends SetupError {
  override name = 'ConfigError';
  /** Each `NAME: what was expected, and what was found`. */
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      faults.length === 1 ? `${faults[0]}` : `the environment has ${faults.length} faults:\n  ${faults.join('\n  ')}`,
    );
    this.faults = faults;
  }
}

/**
 * The configuration that `schema` (a zod object, its keys the names of variables) reads from `env`. An empty variable
 * counts as unset. Throws a ConfigError that names all faults together, without the values of secrets. For a variable that
 * is not set, a zod type's `describe()` says what was expected.
 */
export function readConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    const value = env[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.map((issue) => describe(issue, schema, given)));
}

function describedAs(type: unknown): string | undefined {
  return type instanceof z.ZodType ? type.description : undefined;
}

const SECRET_NAME = /PASSWORD|SECRET|TOKEN|KEY|AUTH|CREDENTIAL/i;
const MAX_SHOWN = 80;

function describe(issue: z.core.$ZodIssue, schema: z.ZodObject, given: Readonly<Record<string, string>>): string {
  const name = issue.path[0];
  if (name === undefined) return issue.message; // a refinement's, about several variables
  const variable = String(name);
  const value = given[variable];
  if (value === undefined && issue.code !== 'custom') {
    const expected = describedAs(schema.shape[variable]);
    return `${variable} is not set${expected === undefined ? '' : `, expected ${expected}`}`;
  }
  if (value === undefined || SECRET_NAME.test(variable)) return `${variable}: ${issue.message}`;
  return `${variable}: ${issue.message}, got ${JSON.stringify(withoutCredentials(value).slice(0, MAX_SHOWN))}`;
}

/** `http://user:password@host` shows its host only. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^@/]*@/, '//[redacted]@');
}
