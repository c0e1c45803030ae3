import { telemetryEnvironment } from '../telemetry/config.ts';
import { logLevel } from './log-level.ts';

/** What every service needs of the environment, whatever it does. */
export const serviceEnvironment = telemetryEnvironment.extend({ LOG_LEVEL: logLevel });
