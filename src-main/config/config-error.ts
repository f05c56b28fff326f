/** Something that is wrong with the configuration: where, which key, and what is allowed instead. */
export interface ConfigProblem {
  /** undefined: not about one file */
  readonly file: string | undefined;
  /** from 1; undefined: about a key that is absent */
  readonly line: number | undefined;
  /** `listeners[0].port`; undefined: about the file as a whole */
  readonly key: string | undefined;
  /** a sentence, without the place */
  readonly message: string;
}

/** The configuration cannot be used; every problem found is listed, so that one look mends them all. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(
    readonly problems: readonly ConfigProblem[],
    options?: ErrorOptions,
  ) {
    super(problems.map(describeProblem).join('\n'), options);
  }
}

/** `homeserver.yaml, line 12: bcrypt_rounds must be …`: a problem or a warning with its place. */
export function describeProblem({ file, line, message }: ConfigProblem): string {
  if (file === undefined) return message;
  return line === undefined ? `${file}: ${message}` : `${file}, line ${line}: ${message}`;
}
