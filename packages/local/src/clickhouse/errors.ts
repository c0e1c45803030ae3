/** An error as ClickHouse tells it: `Code: 60. DB::Exception: … (UNKNOWN_TABLE)`, without the version at its end. */
export class ClickHouseException extends Error {
  readonly code: number;
  readonly type: string;

  constructor(code: number, type: string, text: string, options?: ErrorOptions) {
    super(`Code: ${code}. DB::Exception: ${text} (${type})`, options);
    this.name = 'ClickHouseException';
    this.code = code;
    this.type = type;
  }

  /** From the engine's own words, without what only we put into the statement. */
  static fromEngine(cause: unknown): ClickHouseException {
    if (cause instanceof ClickHouseException) return cause;
    const text = (cause instanceof Error ? cause.message : String(cause)).replace(OUR_CLAUSES, '').trim();
    const [, code = '1002', words = text] = /^(?:Code: (\d+)\. DB::Exception: )+(.*)$/s.exec(text) ?? [];
    const type = /\(([A-Z0-9_]{3,})\)$/.exec(words)?.[1];
    const bare = type === undefined ? words : words.slice(0, -type.length - 3);
    return new ClickHouseException(Number(code), type ?? 'UNKNOWN_EXCEPTION', bare, { cause });
  }
}

const PATH = String.raw`'(?:[^'\\]|\\.)*'`;
// clients may use neither INTO OUTFILE nor FROM INFILE, so where these stand they are ours
const OUR_CLAUSES = new RegExp(
  `^Query failed: | INTO OUTFILE ${PATH} TRUNCATE| FROM INFILE ${PATH}|:? \\(in file/uri [^)]*/http-tmp/[^)]*\\)`,
  'g',
);

/** Something that this server does not do; it is named. */
export function notSupported(what: string): ClickHouseException {
  return new ClickHouseException(48, 'NOT_IMPLEMENTED', `${what} is not supported by this local server.`);
}

/** Something that is refused to every client; it is named. */
export function accessDenied(what: string): ClickHouseException {
  return new ClickHouseException(497, 'ACCESS_DENIED', `${what} is not allowed on this local server.`);
}

// exceptionCodeToHTTPStatus of ClickHouse's source; every other code is a 500.
const CODES_BY_STATUS: Readonly<Record<number, readonly number[]>> = {
  // BAD_ARGUMENTS, CANNOT_PARSE_*, CANNOT_COMPILE_REGEXP, *_COLUMN, *_AST, SYNTAX_ERROR, INCORRECT_DATA, TYPE_MISMATCH
  400: [36, 6, 25, 26, 27, 38, 41, 72, 376, 427, 441, 675, 676, 8, 15, 44, 37, 123, 167, 168, 223, 62, 117, 53, 321],
  401: [194], // REQUIRED_PASSWORD
  403: [192, 193, 497, 512, 516], // UNKNOWN_USER, WRONG_PASSWORD, ACCESS_DENIED, SET_NON_GRANTED_ROLE, AUTHENTICATION_FAILED
  404: [60, 46, 47, 50, 56, 63, 73, 78, 81, 115, 152, 336, 511], // UNKNOWN_*
  408: [159], // TIMEOUT_EXCEEDED
  411: [381], // HTTP_LENGTH_REQUIRED
  413: [229], // QUERY_IS_TOO_LARGE
  415: [779], // UNSUPPORTED_MEDIA_TYPE
  501: [48], // NOT_IMPLEMENTED
  503: [76, 209, 439], // CANNOT_OPEN_FILE, SOCKET_TIMEOUT, CANNOT_SCHEDULE_TASK
};
const STATUS_BY_CODE: ReadonlyMap<number, number> = new Map(
  Object.entries(CODES_BY_STATUS).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)] as const)),
);

/** The HTTP status that ClickHouse answers with for an error code (its exceptionCodeToHTTPStatus). */
export function httpStatus(code: number): number {
  return STATUS_BY_CODE.get(code) ?? 500;
}
