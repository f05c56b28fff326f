import { Compile, type Validator } from 'typebox/compile';
import { isObject, type JsonValue } from '../../../base/json.js';
import type { Logger } from '../../../base/logger.js';
import { edu, eduContents } from '../../../spec/edu.js';
import type { ServerName } from '../../../spec/ids.js';
import type { EduContents, EduType } from './edu-types.js';

/** Does what an EDU says. When it throws, that is logged and the EDU is gone. */
export type EduHandler<T extends EduType> = (content: EduContents[T], origin: ServerName) => Promise<void>;

type AnyHandler = (content: never, origin: ServerName) => Promise<void>;

/**
 * Who takes which EDUs from other servers: upper domains say so while the house is built. What comes has been checked
 * against its shape; whether `origin` may say it is for the handler to check.
 *
 * @see https://spec.matrix.org/v1.19/server-server-api/#edus
 */
export class Edus {
  readonly #handlers = new Map<EduType, AnyHandler>();
  readonly #validators = new Map<EduType, Validator>();
  #envelope: Validator | undefined;

  constructor(private readonly deps: { readonly log: Logger }) {}

  /** @throws Error when somebody takes this type already */
  on<T extends EduType>(type: T, handler: EduHandler<T>): void {
    if (this.#handlers.has(type)) throw new Error(`${type} has a handler already`);
    this.#handlers.set(type, handler as AnyHandler);
  }

  /** Hands an EDU to whom it is for; what is unknown or of a wrong shape is left aside. Never throws. */
  async receive(origin: ServerName, value: JsonValue): Promise<void> {
    this.#envelope ??= Compile(edu);
    if (!isObject(value) || !this.#envelope.Check(value)) return this.#refuse(origin, 'unknown');
    const type = value['edu_type'] as EduType;
    const handler = this.#handlers.get(type);
    if (!handler) return;
    const content = value['content'];
    if (!this.#validator(type).Check(content)) return this.#refuse(origin, type);
    try {
      await handler(content as never, origin);
    } catch (error) {
      this.deps.log.warn('an EDU could not be handled', { origin, type, error });
    }
  }

  #refuse(origin: ServerName, type: string): void {
    this.deps.log.debug('an EDU has the wrong shape', { origin, type });
  }

  #validator(type: EduType): Validator {
    const known = this.#validators.get(type);
    if (known) return known;
    const made = Compile(eduContents[type]) as unknown as Validator;
    this.#validators.set(type, made);
    return made;
  }
}
