import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandError } from './command-error.js';

/** Asks whoever runs a command. Answers may also come from a pipe, a line each. */
export class Prompt {
  readonly #isHidden = { now: false };
  readonly #lines: AsyncIterator<string>;
  readonly #interface: Interface;

  constructor(
    input: NodeJS.ReadStream = process.stdin,
    private readonly output: NodeJS.WriteStream = process.stderr,
  ) {
    const isHidden = this.#isHidden;
    const shown = new Writable({
      write(chunk, encoding, done) {
        if (isHidden.now) done();
        else output.write(chunk, encoding, () => done());
      },
    });
    this.#interface = createInterface({ input, output: shown, terminal: input.isTTY === true });
    this.#lines = this.#interface[Symbol.asyncIterator]();
  }

  /** @param fallback taken for an empty answer */
  async ask(question: string, fallback = ''): Promise<string> {
    this.output.write(fallback === '' ? `${question}: ` : `${question} [${fallback}]: `);
    return (await this.#next()).trim() || fallback;
  }

  /** Asks twice, and shows nothing of what is typed. @throws CommandError when the two differ, or there is none */
  async newPassword(): Promise<string> {
    const password = await this.#hidden('Password');
    if (password === '') throw new CommandError('The password must not be empty.');
    if ((await this.#hidden('Confirm password')) !== password) throw new CommandError('The two passwords differ.');
    return password;
  }

  /** Asks once, and shows nothing of what is typed. */
  async secret(question: string): Promise<string> {
    return (await this.#hidden(question)).trim();
  }

  close(): void {
    this.#interface.close();
  }

  async #hidden(question: string): Promise<string> {
    this.output.write(`${question}: `);
    this.#isHidden.now = true;
    try {
      return await this.#next();
    } finally {
      this.#isHidden.now = false;
      this.output.write('\n');
    }
  }

  async #next(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done) throw new CommandError('There was no answer.');
    return value;
  }
}
