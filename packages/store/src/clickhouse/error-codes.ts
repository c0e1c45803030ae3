/**
 * ClickHouse's code numbers, by what a caller can do about them.
 * Source: https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp, names as errorCodeToName() gives them.
 * A code that is not listed here is tried again: a long wait is better than a lost row.
 */
export type CodeMeaning = 'refused_data' | 'refused_query' | 'over_budget' | 'setup' | 'timeout' | 'unavailable';

const REFUSED_DATA = {
  CANNOT_PARSE_TEXT: 6,
  SIZE_OF_FIXED_STRING_DOESNT_MATCH: 19,
  CANNOT_PARSE_ESCAPE_SEQUENCE: 25,
  CANNOT_PARSE_QUOTED_STRING: 26,
  CANNOT_PARSE_INPUT_ASSERTION_FAILED: 27,
  ATTEMPT_TO_READ_AFTER_EOF: 32,
  CANNOT_READ_ALL_DATA: 33,
  CANNOT_PARSE_DATE: 38,
  CANNOT_PARSE_DATETIME: 41,
  TYPE_MISMATCH: 53,
  ARGUMENT_OUT_OF_BOUND: 69,
  CANNOT_CONVERT_TYPE: 70,
  CANNOT_PARSE_NUMBER: 72,
  INCORRECT_DATA: 117,
  TOO_LARGE_ARRAY_SIZE: 128,
  CANNOT_READ_ARRAY_FROM_TEXT: 130,
  TOO_LARGE_STRING_SIZE: 131,
  BAD_TYPE_OF_FIELD: 169,
  SIZES_OF_ARRAYS_DONT_MATCH: 190,
  INVALID_PARTITION_VALUE: 248,
  VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE: 321,
  CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN: 349,
  CANNOT_PARSE_UUID: 376,
  FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: 395,
  DECIMAL_OVERFLOW: 407,
  CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING: 441,
  CANNOT_PARSE_BOOL: 467,
  VIOLATED_CONSTRAINT: 469,
  UNEXPECTED_DATA_AFTER_PARSED_VALUE: 632,
  CANNOT_PARSE_IPV4: 675,
  CANNOT_PARSE_IPV6: 676,
  UNKNOWN_ELEMENT_OF_ENUM: 691,
};

const REFUSED_QUERY = {
  UNSUPPORTED_METHOD: 1,
  THERE_IS_NO_COLUMN: 8,
  NO_SUCH_COLUMN_IN_TABLE: 16,
  BAD_ARGUMENTS: 36,
  NUMBER_OF_ARGUMENTS_DOESNT_MATCH: 42,
  ILLEGAL_TYPE_OF_ARGUMENT: 43,
  UNKNOWN_FUNCTION: 46,
  UNKNOWN_IDENTIFIER: 47,
  NOT_IMPLEMENTED: 48,
  UNKNOWN_TYPE: 50,
  TABLE_ALREADY_EXISTS: 57,
  SYNTAX_ERROR: 62,
  UNKNOWN_FORMAT: 73,
  DATABASE_ALREADY_EXISTS: 82,
  UNKNOWN_SETTING: 115,
  TOO_MANY_COLUMNS: 161,
  TOO_DEEP_SUBQUERIES: 162,
  ILLEGAL_AGGREGATION: 184,
  NOT_AN_AGGREGATE: 215,
  SUPPORT_IS_DISABLED: 344,
  NO_COMMON_TYPE: 386,
  FUNCTION_NOT_ALLOWED: 446,
  UNKNOWN_QUERY_PARAMETER: 456,
  BAD_QUERY_PARAMETER: 457,
  BACKUP_ALREADY_EXISTS: 598,
  BACKUP_NOT_FOUND: 599,
  CANNOT_RESTORE_TABLE: 608,
  QUERY_NOT_ALLOWED: 620,
};

/** The call's own bounds: max_rows_to_read, max_bytes_to_read and their like. */
const OVER_BUDGET = { TOO_MANY_ROWS: 158, TOO_MANY_BYTES: 307, TOO_MANY_ROWS_OR_BYTES: 396 };

const SETUP = {
  UNKNOWN_TABLE: 60,
  UNKNOWN_DATABASE: 81,
  UNKNOWN_USER: 192,
  WRONG_PASSWORD: 193,
  REQUIRED_PASSWORD: 194,
  IP_ADDRESS_NOT_ALLOWED: 195,
  DATABASE_ACCESS_DENIED: 291,
  ACCESS_DENIED: 497,
  AUTHENTICATION_FAILED: 516,
  USER_EXPIRED: 720,
};

const TIMEOUT = { TIMEOUT_EXCEEDED: 159, TOO_SLOW: 160, SOCKET_TIMEOUT: 209, TOO_SLOW_PARSING: 718 };

const MEANINGS = new Map<number, CodeMeaning>([
  ...Object.values(REFUSED_DATA).map((code) => [code, 'refused_data'] as const),
  ...Object.values(REFUSED_QUERY).map((code) => [code, 'refused_query'] as const),
  ...Object.values(OVER_BUDGET).map((code) => [code, 'over_budget'] as const),
  ...Object.values(SETUP).map((code) => [code, 'setup'] as const),
  ...Object.values(TIMEOUT).map((code) => [code, 'timeout'] as const),
]);

/** A mutation that a statement waits for failed. */
export const UNFINISHED = 341;

/** Most calls are tried again: others may have taken the memory. */
export const MEMORY_LIMIT_EXCEEDED = 241;

export const { ACCESS_DENIED, UNKNOWN_TABLE, UNKNOWN_DATABASE } = SETUP;
export const { BAD_ARGUMENTS, BACKUP_ALREADY_EXISTS, BACKUP_NOT_FOUND, CANNOT_RESTORE_TABLE, TABLE_ALREADY_EXISTS } =
  REFUSED_QUERY;

/** All codes with a meaning of their own, by name: a test compares them with the engine's. */
export const NAMED_CODES: Readonly<Record<string, number>> = {
  ...REFUSED_DATA,
  ...REFUSED_QUERY,
  ...OVER_BUDGET,
  ...SETUP,
  ...TIMEOUT,
};

const NAMES = new Map(Object.entries(NAMED_CODES).map(([name, code]) => [code, name]));

/** ClickHouse's name of the code, or 'code N' for those that are not listed here. */
export function nameOf(code: number): string {
  return NAMES.get(code) ?? `code ${code}`;
}

export function meaningOf(code: number): CodeMeaning {
  return MEANINGS.get(code) ?? 'unavailable';
}
