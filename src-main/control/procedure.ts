import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Logger } from '../base/logger.js';
import { MatrixError } from '../spec/errors.js';
import type { ControlEvent, ControlFailure, ControlResult, InputOf, OutputOf, ProcedureName } from './contract.js';

/** A failure that the console has a sentence for. Throw it from procedures. */
export class ControlError extends Error {
  override readonly name = 'ControlError';

  constructor(
    readonly code: ControlFailure['code'],
    message: string,
    readonly fields: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What a procedure may do beside its work. */
export interface ProcedureContext {
  readonly log: Logger;
  /** tells every console to ask again */
  announce(event: ControlEvent): void;
}

/** An input's shape and what to do with one that fits. Inputs are closed: an unknown key is a mistake. */
export interface Procedure<N extends ProcedureName> {
  readonly input: TSchema;
  run(input: InputOf<N>, context: ProcedureContext): Promise<OutputOf<N>>;
}

export type Procedures<N extends ProcedureName> = { readonly [Name in N]: Procedure<Name> };

/** Names `procedures` so that the compiler checks each against the contract. */
export const procedures = <const N extends ProcedureName>(table: Procedures<N>): Procedures<N> => table;

/** Fails to compile when a shape does not describe the contract's input. */
export const inputShape =
  <N extends ProcedureName>() =>
  <S extends TSchema>(schema: Static<S> extends InputOf<N> ? S : never): TSchema =>
    schema;

/** The console's way in, the same for IPC, HTTP and tests. */
export interface Control {
  /** Never rejects: a failure is a result. */
  call(name: string, input: unknown): Promise<ControlResult>;
  /** Calls `listener` for every event until the returned function is called. */
  subscribe(listener: (event: ControlEvent) => void): () => void;
}

/** Where events come together; parts of the server announce, transports subscribe. */
export class ControlEvents {
  readonly #listeners = new Set<(event: ControlEvent) => void>();

  announce(event: ControlEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  subscribe(listener: (event: ControlEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** One control over all `tables`: finds the procedure, checks its input, runs it, names its failure. */
export function createControl(
  tables: readonly Partial<Procedures<ProcedureName>>[],
  deps: { events: ControlEvents; log: Logger },
): Control {
  const known = new Map(
    tables.flatMap((table) =>
      Object.entries(table).map(([name, procedure]) => {
        const { input, run } = procedure as {
          input: TSchema;
          run(input: unknown, context: ProcedureContext): Promise<unknown>;
        };
        return [name, { shape: Compile(input), run }] as const;
      }),
    ),
  );
  const context = { log: deps.log, announce: (event: ControlEvent) => deps.events.announce(event) };
  return {
    async call(name, input) {
      const procedure = known.get(name);
      if (!procedure) return failure('NO_SUCH_PROCEDURE', `there is no procedure ${JSON.stringify(name.slice(0, 64))}`);
      if (!procedure.shape.Check(input)) return failure('BAD_INPUT', firstError(procedure.shape, input));
      try {
        return { ok: true, value: await procedure.run(input, context) };
      } catch (error) {
        return { ok: false, error: failureOf(error, name, deps.log) };
      }
    },
    subscribe: (listener) => deps.events.subscribe(listener),
  };
}

const failure = (code: ControlFailure['code'], message: string): ControlResult => ({
  ok: false,
  error: { code, message },
});

function firstError(
  shape: { Errors(value: unknown): { instancePath: string; message: string }[] },
  input: unknown,
): string {
  const [error] = shape.Errors(input);
  return error ? `${error.instancePath || 'the input'} ${error.message}` : 'the input has the wrong shape';
}

function failureOf(error: unknown, name: string, log: Logger): ControlFailure {
  if (error instanceof ControlError) return { code: error.code, message: error.message, fields: error.fields };
  if (error instanceof MatrixError) return { code: error.errcode as `M_${string}`, message: error.message };
  log.error('a console procedure failed', { procedure: name, error });
  return { code: 'FAILED', message: 'something went wrong inside the server; its logs say more' };
}
