import type { Refusal } from '../../wire/endpoint.ts';

/** A refusal as v2 words it. */
export function badRequest(error: string, message: string): Refusal {
  return { status: 400, body: { error, message } };
}
