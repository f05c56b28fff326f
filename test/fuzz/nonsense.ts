import type { TSchema } from 'typebox';
import type { Random } from './random.js';

const STRINGS = [
  '',
  ' ',
  'a',
  'm.text',
  'true',
  '0',
  '-1',
  '1e400',
  'null',
  '__proto__',
  'constructor',
  '..',
  '../../etc/passwd',
  '%',
  '%00',
  '\u0000',
  '\ud800'.toWellFormed(),
  '\u202e',
  '😀'.repeat(50),
  'a'.repeat(256),
  'a'.repeat(5000),
  '@',
  '@:',
  '@a:b',
  '!',
  '!a:b',
  '$',
  '#',
  '#a:b',
  'mxc://',
  'mxc://a/b',
  '*',
  '{"a":1}',
  '[]',
  'https://a.test/',
  "'; DROP TABLE users; --",
];
const NUMBERS = [0, -0, 1, -1, 2, 100, 1.5, 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 53, 1e308, 0.1];

/** Strings that mean something to the server, by the name of the parameter or key where they do, in lower case without `_`. */
export type Sense = Readonly<Record<string, readonly string[]>>;

/** Requests that nobody should send, from what an endpoint declares and from what would make sense. */
export class Nonsense {
  constructor(
    private readonly random: Random,
    private readonly sense: Sense,
  ) {}

  /** @param name of the parameter or key that it is for: then it mostly makes sense */
  string(name = ''): string {
    const fitting = this.sense[name.replaceAll('_', '').toLowerCase()];
    if (fitting && this.random.chance(0.85)) return this.random.pick(fitting);
    if (this.random.chance(0.3)) return this.random.pick(this.random.pick(Object.values(this.sense)));
    return this.random.pick(STRINGS);
  }

  /** Any JSON value, nested at most `depth` deep. */
  any(depth = 3): unknown {
    const kind = this.random.integer(depth > 0 ? 7 : 5);
    if (kind === 0) return null;
    if (kind === 1) return this.random.chance(0.5);
    if (kind === 2) return this.random.pick(NUMBERS);
    if (kind <= 4) return this.string();
    if (kind === 5) return Array.from({ length: this.random.integer(4) }, () => this.any(depth - 1));
    return Object.fromEntries(
      Array.from({ length: this.random.integer(5) }, () => [this.string(), this.any(depth - 1)]),
    );
  }

  /** Mostly what `schema` wants, with something else here and there. */
  like(schema: TSchema, depth = 5, name = ''): unknown {
    if (this.random.chance(0.05) || depth === 0) return this.any(2);
    const facts = schema as Facts;
    const choices = facts.anyOf ?? facts.oneOf;
    if (choices) return this.like(this.random.pick(choices), depth - 1, name);
    if (facts.const !== undefined) return facts.const;
    if (facts.enum) return this.random.pick(facts.enum);
    if (facts.allOf) return Object.assign({}, ...facts.allOf.map((part) => this.#objectLike(part as Facts, depth)));
    switch (facts.type) {
      case 'object':
        return this.#objectLike(facts, depth);
      case 'array':
        return Array.from({ length: this.random.integer(4) }, () => this.like(facts.items ?? {}, depth - 1, name));
      case 'string':
        return this.string(name);
      case 'integer':
      case 'number':
        return this.random.pick(NUMBERS);
      case 'boolean':
        return this.random.chance(0.5);
      default:
        return this.any(depth - 1);
    }
  }

  #objectLike(facts: Facts, depth: number): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    const required = new Set(facts.required);
    for (const [key, schema] of Object.entries(facts.properties ?? {})) {
      if (this.random.chance(required.has(key) ? 0.95 : 0.5)) made[key] = this.like(schema, depth - 1, key);
    }
    const others = facts.additionalProperties ?? Object.values(facts.patternProperties ?? {})[0];
    const more = this.random.integer(typeof others === 'object' ? 4 : 2);
    for (let i = 0; i < more; i += 1) {
      made[this.string()] = typeof others === 'object' ? this.like(others, depth - 1) : this.any(1);
    }
    return made;
  }
}

interface Facts {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly TSchema[];
  readonly oneOf?: readonly TSchema[];
  readonly allOf?: readonly TSchema[];
  readonly items?: TSchema;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: TSchema | boolean;
}
