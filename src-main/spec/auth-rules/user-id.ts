/**
 * Whether a user id has the form that events may have, historical ones included: any localpart without a colon, then a
 * server.
 *
 * @see https://spec.matrix.org/v1.19/appendices/#historical-user-ids
 */
export const isUserId = (value: unknown): boolean =>
  typeof value === 'string' && /^@[^:]*:\S+$/.test(value) && Buffer.byteLength(value) <= 255;
