import type { ConfigProblem } from './config-error.js';
import type { ConfigDocument, KeyPath } from './document.js';

/** What is noted while a document is translated: what forbids using it, and what only deserves a word. */
export class Notes {
  readonly problems: ConfigProblem[] = [];
  readonly warnings: ConfigProblem[] = [];

  constructor(private readonly document: ConfigDocument) {}

  /** @param sentence names the key and what is allowed */
  problem(path: KeyPath, sentence: string): void {
    this.problems.push(this.document.problem(path, sentence));
  }

  /** A text that YAML reads as a number, as Synapse reads it: `1.0` is not `1`. */
  textOf(path: readonly [string, ...string[]], value: string | number): string {
    return Number.isInteger(value) && this.document.hasPoint(path) ? `${value}.0` : String(value);
  }

  warn(path: KeyPath, sentence: string): void {
    this.warnings.push(this.document.problem(path, sentence));
  }
}
