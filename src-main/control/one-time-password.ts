import { randomInt } from 'node:crypto';

/** Without letters that people mix up when they read them out: no l, o, i, 0, 1. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 4;

/** A password to read out or type from paper, such as `k7wd-m3xq-9hfb-r2tz`: 79 bits. */
export function randomPassphrase(): string {
  return Array.from({ length: GROUPS }, randomGroup).join('-');
}

const randomGroup = (): string =>
  Array.from({ length: GROUP_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
