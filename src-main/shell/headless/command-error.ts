import { ConfigError } from '../../config/config-error.js';

/** A command that cannot do what it was asked; the message is all that is shown. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    message: string,
    readonly exitCode = 1,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a failure is to be called on a terminal: its sentence with those of its causes; a stack for what nobody foresaw. */
export function describeFailure(error: unknown): string {
  if (error instanceof ConfigError) return `The configuration cannot be used:\n${indented(error.message)}`;
  if (!(error instanceof Error)) return String(error);
  if (error instanceof CommandError) return error.message;
  const isForeseen = error.name !== 'Error' && error.name !== 'TypeError' && error.name !== 'RangeError';
  const words = error.cause === undefined ? error.message : `${error.message} (${causeOf(error.cause)})`;
  return isForeseen || error.stack === undefined ? words : `${words}\n${error.stack}`;
}

const causeOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
