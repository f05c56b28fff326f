import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { isObject } from '../base/json.js';
import { ConfigError, type ConfigProblem } from './config-error.js';

/** A key's place in the configuration: `['listeners', 0, 'port']`. */
export type KeyPath = readonly (string | number)[];

/** `listeners[0].port` */
export const keyName = (path: KeyPath): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');

/** YAML as Synapse's reader takes it: `yes` and `on` are true, `<<` merges, of a key said twice the last counts. */
export const YAML_OPTIONS = { version: '1.1', merge: true, uniqueKeys: false } as const;

interface Source {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** One or several configuration files as one: a later file's top-level keys replace an earlier one's. */
export class ConfigDocument {
  /** null counts as absent: a section whose every line is commented out */
  readonly values: Readonly<Record<string, unknown>>;
  /** the files read, first to last */
  readonly files: readonly string[];
  readonly #sources: readonly Source[];

  constructor(sources: readonly Source[]) {
    this.#sources = sources;
    this.files = sources.map((source) => source.file);
    this.values = Object.assign({}, ...sources.map(({ document }) => withoutNulls(document.toJS() ?? {})));
  }

  /** Where `path` is written, or the nearest key above it; nothing for a key that is nowhere. */
  placeOf(path: KeyPath): Pick<ConfigProblem, 'file' | 'line'> {
    const source = this.#sources.findLast(({ document }) => pairOf(document.contents, path[0]) !== undefined);
    if (!source) return { file: this.#onlyFile(), line: undefined };
    const offset = offsetOf(source.document, path);
    return {
      file: basename(source.file),
      line: offset === undefined ? undefined : source.lines.linePos(offset).line,
    };
  }

  /** A problem or a warning about `path`. */
  problem(path: KeyPath, message: string): ConfigProblem {
    return { ...this.placeOf(path), key: keyName(path), message };
  }

  /** Whether a number is written as one with a point, such as `1.0`, which is `1` otherwise. */
  hasPoint([key, ...rest]: readonly [string, ...string[]]): boolean {
    const source = this.#sources.findLast(({ document }) => pairOf(document.contents, key) !== undefined);
    const node = source?.document.getIn([key, ...rest], true);
    return isScalar(node) && node.source?.includes('.') === true;
  }

  #onlyFile(): string | undefined {
    const [first, ...others] = this.files;
    return first === undefined || others.length > 0 ? undefined : basename(first);
  }
}

/**
 * Reads configuration files; a folder stands for its `*.yaml` in the order of their names.
 *
 * @throws ConfigError when one cannot be read or is not YAML
 */
export function readDocument(paths: readonly string[]): ConfigDocument {
  return new ConfigDocument(paths.flatMap(filesAt).map(readSource));
}

/** The same for a text that is in no file. @throws ConfigError when it is not YAML */
export const parseText = (text: string, file: string): ConfigDocument => new ConfigDocument([parseSource(text, file)]);

function filesAt(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith('.yaml'));
    return names.sort().map((name) => join(path, name));
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function readSource(file: string): Source {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, cause);
  }
  return parseSource(text, file);
}

function parseSource(text: string, file: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...YAML_OPTIONS, lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => ({
        file: basename(file),
        line: lines.linePos(error.pos[0]).line,
        key: undefined,
        message: `this is not YAML: ${lowerFirst(error.message)}.`,
      })),
    );
  }
  const isEmpty = document.contents === null || (isScalar(document.contents) && document.contents.value === null);
  if (!isEmpty && !isMap(document.contents)) {
    const message = 'the file must be a list of lines `key: value`.';
    throw new ConfigError([{ file: basename(file), line: 1, key: undefined, message }]);
  }
  return { file, document, lines };
}

function unreadable(file: string, cause: unknown): ConfigError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const why =
    code === 'ENOENT'
      ? 'there is no such file'
      : code === 'EACCES'
        ? 'this user may not read it'
        : `it cannot be read (${String(code)})`;
  const problem = { file: undefined, line: undefined, key: undefined, message: `Configuration ${file}: ${why}.` };
  return new ConfigError([problem], { cause });
}

/** The offset of the key (or the list entry) at `path`; of the nearest one above it when it is not written. */
function offsetOf(document: Document, path: KeyPath): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const step of path) {
    const resolved = isAlias(node) ? node.resolve(document) : node;
    if (isSeq(resolved) && typeof step === 'number') {
      node = resolved.items[step];
      offset = startOf(node) ?? offset;
    } else {
      const pair = pairOf(resolved, step);
      if (!pair) return offset;
      node = pair.value;
      offset = startOf(pair.key) ?? offset;
    }
  }
  return offset;
}

function pairOf(node: unknown, key: string | number | undefined): { key: unknown; value: unknown } | undefined {
  if (!isMap(node)) return undefined;
  return node.items.findLast((pair) => (isScalar(pair.key) ? pair.key.value : pair.key) === key);
}

const startOf = (node: unknown): number | undefined => (node as Node | undefined)?.range?.[0];

/** Entries of lists stay where they are: their place names them. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value) || value instanceof Date) return value;
  const kept = Object.entries(value).filter(([, entry]) => entry !== null && entry !== undefined);
  return Object.fromEntries(kept.map(([key, entry]) => [key, withoutNulls(entry)]));
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
