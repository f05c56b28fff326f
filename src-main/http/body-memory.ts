import { MatrixError } from '../spec/errors.js';

export interface BodyBounds {
  /** bytes: all together, and those of one address */
  readonly all: number;
  readonly ofOne: number;
}

const MiB = 1024 * 1024;
/** Of bodies that are coming or being answered. */
const BOUNDS: BodyBounds = { all: 200 * MiB, ofOne: 50 * MiB };

/** The bytes of one request's body. */
export interface HeldBody {
  /** @throws MatrixError M_LIMIT_EXCEEDED when too much is held already */
  add(bytes: number): void;
  /** The request is answered, or over. */
  release(): void;
}

/** What bodies take in memory: whoever sends many large ones at once, or ever so slowly, leaves room for others. */
export class BodyMemory {
  readonly #ofAddress = new Map<string, number>();
  #all = 0;

  constructor(private readonly bounds = BOUNDS) {}

  /** @param address who sends it */
  hold(address: () => string): HeldBody {
    let held = 0;
    return {
      add: (bytes) => {
        const ofOne = (this.#ofAddress.get(address()) ?? 0) + bytes;
        if (this.#all + bytes > this.bounds.all || ofOne > this.bounds.ofOne) throw tooMuch();
        held += bytes;
        this.#all += bytes;
        this.#ofAddress.set(address(), ofOne);
      },
      release: () => {
        if (held === 0) return;
        this.#all -= held;
        const left = (this.#ofAddress.get(address()) ?? 0) - held;
        if (left > 0) this.#ofAddress.set(address(), left);
        else this.#ofAddress.delete(address());
        held = 0;
      },
    };
  }
}

const tooMuch = () =>
  new MatrixError(429, 'M_LIMIT_EXCEEDED', 'too much is being sent at once', { retry_after_ms: 5_000 });
