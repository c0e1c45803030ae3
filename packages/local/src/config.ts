/** The environment of this process: the only place of this package that reads it. */
export function environment(): NodeJS.ProcessEnv {
  return process.env;
}
