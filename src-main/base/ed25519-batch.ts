/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Milliseconds } from './clock.js';
import { verify } from './ed25519.js';
import { turn } from './yield.js';

/** A signature over the UTF-8 of a text. */
export interface SignedText {
  readonly text: string;
  /** 64 raw bytes */
  readonly signature: Uint8Array;
  /** 32 raw bytes */
  readonly publicKey: Uint8Array;
}

/** From here on a worker thread is worth its start. */
const FEW = 200;
/** Signatures between two turns of the event loop: about 5 ms, checked here or handed over. */
const AT_ONCE_HERE = 64;
const AT_ONCE_THERE = 256;
/** How long the thread waits for more. */
const IDLE: Milliseconds = 5000;

/** Checks many signatures without holding up the event loop: a few in between, more in a worker thread. */
export class SignatureBatches {
  #thread: Thread | undefined;
  #idle: NodeJS.Timeout | undefined;
  #running = 0;

  /** @returns whether each holds, in the order given; false for keys and signatures of the wrong length */
  async verify(items: readonly SignedText[]): Promise<boolean[]> {
    return items.length < FEW ? here(items) : this.#there(items);
  }

  /** Ends the thread, if there is one; checks under way fail. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#thread?.end();
    this.#thread = undefined;
  }

  async #there(items: readonly SignedText[]): Promise<boolean[]> {
    clearTimeout(this.#idle);
    this.#running += 1;
    this.#thread ??= new Thread(() => {
      this.#thread = undefined;
    });
    const thread = this.#thread;
    try {
      const holds: boolean[] = [];
      // One piece is on its way while another is checked.
      let before: Promise<readonly boolean[]> = Promise.resolve([]);
      for (let at = 0; at < items.length; at += AT_ONCE_THERE) {
        const next = thread.ask(items.slice(at, at + AT_ONCE_THERE));
        holds.push(...(await joined(before, next)));
        before = next;
      }
      return [...holds, ...(await before)];
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle = setTimeout(() => void this.close(), IDLE).unref();
    }
  }
}

/** What `first` resolves with; when it fails, `second` is left to fail unheard. */
async function joined<T>(first: Promise<T>, second: Promise<T>): Promise<T> {
  second.catch(() => undefined);
  return first;
}

async function here(items: readonly SignedText[]): Promise<boolean[]> {
  const holds: boolean[] = [];
  for (const { text, signature, publicKey } of items) {
    if (holds.length > 0 && holds.length % AT_ONCE_HERE === 0) await turn();
    holds.push(verify(Buffer.from(text, 'utf8'), signature, publicKey));
  }
  return holds;
}

interface Waiting {
  resolve(holds: readonly boolean[]): void;
  reject(error: Error): void;
}

/** One worker thread and the questions that it has not answered. */
class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #gone: Error | undefined;

  constructor(onEnd: () => void) {
    const source = `./ed25519-batch.worker${extname(import.meta.url)}`; // from source .ts, once built .js
    this.#worker = new Worker(new URL(source, import.meta.url), { name: 'signatures' });
    this.#worker.unref();
    this.#worker.on('message', ({ id, holds }: { id: number; holds: readonly boolean[] }) => {
      this.#waiting.get(id)?.resolve(holds);
      this.#waiting.delete(id);
    });
    const fail = (error: Error) => {
      this.#gone = error;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
      onEnd();
    };
    this.#worker.on('error', fail);
    this.#worker.on('exit', () => fail(new Error('the thread that checks signatures ended')));
  }

  ask(items: readonly SignedText[]): Promise<readonly boolean[]> {
    if (this.#gone) return Promise.reject(this.#gone);
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({
        id,
        items: items.map(({ text, signature, publicKey }) => [text, signature, publicKey]),
      });
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
