import { z } from 'zod';

const given = z.enum(['true', 'false', '1', '0'], { error: "expected 'true' or 'false'" });
const isOn = (text: string): boolean => text === 'true' || text === '1';

/** `true` or `false`; false when not set. */
export const flag = given.default('false').transform(isOn);

/** `true` or `false`; true when not set. */
export const flagOn = given.default('true').transform(isOn);
