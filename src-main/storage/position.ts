/**
 * A place in the one order of everything that this server ever stored: each change takes the next number, and numbers
 * become visible in order. A sync token is such a number. Never given twice, not even after a crash; may have gaps.
 */
export type Position = number;
