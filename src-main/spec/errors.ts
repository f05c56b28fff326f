/** The errcodes that this server answers. @see https://spec.matrix.org/v1.19/client-server-api/#standard-error-response */
export type ErrCode = `M_${string}` | `IO.ELEMENT.MSC${number}.M_${string}` | `ORG.MATRIX.MSC${number}_${string}`;

/**
 * A failure the spec gives a name to; the HTTP layer turns it into the standard error response.
 * Throw it from endpoints and services; stores and spec/ functions never throw it.
 *
 * @param fields extra body keys, e.g. `{ retry_after_ms: 2000 }` (milliseconds)
 * @see https://spec.matrix.org/v1.19/client-server-api/#standard-error-response
 */
export class MatrixError extends Error {
  override readonly name = 'MatrixError';

  constructor(
    readonly status: number,
    readonly errcode: ErrCode,
    message: string,
    readonly fields: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  toBody(): Record<string, unknown> {
    return { ...this.fields, errcode: this.errcode, error: this.message };
  }
}

export const forbidden = (why: string) => new MatrixError(403, 'M_FORBIDDEN', why);
export const notFound = (why: string) => new MatrixError(404, 'M_NOT_FOUND', why);
export const invalidParam = (why: string) => new MatrixError(400, 'M_INVALID_PARAM', why);
export const missingParam = (why: string) => new MatrixError(400, 'M_MISSING_PARAM', why);
export const badJson = (why: string) => new MatrixError(400, 'M_BAD_JSON', why);
export const tooLarge = (why: string) => new MatrixError(413, 'M_TOO_LARGE', why);
export const unknownToken = (why: string, softLogout = false) =>
  new MatrixError(401, 'M_UNKNOWN_TOKEN', why, softLogout ? { soft_logout: true } : {});
export const unrecognized = (status: 404 | 405) =>
  new MatrixError(status, 'M_UNRECOGNIZED', status === 404 ? 'no such endpoint' : 'this endpoint has no such method');
