import type { Finding, FindingFields } from '../check.js';

export const OK: Finding = { state: 'ok' };
export const NOT_APPLICABLE: Finding = { state: 'not-applicable' };

export const ok = (fields: FindingFields, evidence = ''): Finding => ({ state: 'ok', fields, evidence });
export const unknown = (evidence: string): Finding => ({ state: 'could-not-check', evidence });

/** @param more what distinguishes it from others of the reason, when somebody ignores it "until it changes" */
export const warning = (reason: string, fields: FindingFields = {}, more: Partial<Finding> = {}): Finding => ({
  state: 'warning',
  reason,
  fields,
  ...more,
});

export const error = (reason: string, fields: FindingFields = {}, more: Partial<Finding> = {}): Finding => ({
  state: 'error',
  reason,
  fields,
  ...more,
});

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
