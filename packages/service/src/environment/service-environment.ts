import { telemetryEnvironment } from '../telemetry/config.ts';
import { logLevel } from './log-level.ts';

/** The variables of every service. */
export const serviceEnvironment = telemetryEnvironment.extend({ LOG_LEVEL: logLevel });
