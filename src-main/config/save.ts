import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, isScalar, parseDocument, stringify } from 'yaml';
import type { Config } from './config.js';
import { type KeyPath, parseText, YAML_OPTIONS } from './document.js';
import { configFrom } from './load.js';
import { writeFileAtomically } from './write-file.js';

/** A setting to write; undefined takes the key out, so that its default counts again. */
export interface Edit {
  /** `['password_config', 'pepper']` */
  readonly path: KeyPath;
  readonly value: unknown;
}

const SECRET_MODE = 0o600;

/**
 * Changes settings in a configuration file and leaves everything else as it stands, comments included. What cannot be
 * loaded is never written; at every moment the file is either the old one or the new one.
 *
 * @returns the configuration that the file means now
 * @throws ConfigError when the file with its changes would not be a valid configuration; it is then left alone
 */
export function saveConfig(path: string, edits: readonly Edit[]): Config {
  const before = readFileSync(path, 'utf8');
  parseText(before, path);
  const text = applyEdits(before, edits);
  const config = configFrom(parseText(text, path), dirname(resolve(path)), process.env);
  writeFileAtomically(path, text, modeOf(path));
  return config;
}

/** What a setting says, and what it would say: YAML; undefined where it says nothing. */
export interface EditPreview {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What `edits` would change in a file; nothing of those that would change nothing. @throws ConfigError */
export function previewEdits(path: string, edits: readonly Edit[]): EditPreview[] {
  const before = readFileSync(path, 'utf8');
  const [then, now] = [parseText(before, path).values, parseText(applyEdits(before, edits), path).values];
  const keys = new Set(edits.map((edit) => String(edit.path[0])));
  return [...keys]
    .map((key) => ({ key, before: asYaml(then[key]), after: asYaml(now[key]) }))
    .filter((each) => each.before !== each.after);
}

const asYaml = (value: unknown): string | undefined =>
  value === undefined ? undefined : stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).trim();

/** `text` with `edits` made. A setting that stands there as an example (`#key: …`) is written in its place. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(edits.reduce(uncomment, text), YAML_OPTIONS);
  for (const { path, value } of edits) {
    if (value === undefined) {
      if (document.hasIn(path)) document.deleteIn(path);
    } else {
      fillSections(document, path);
      document.setIn(path, value);
    }
  }
  return document.toString({ lineWidth: 0 });
}

/** The line that shows a setting as an example becomes the setting, so that it stays with the words about it. */
function uncomment(text: string, { path: [key, ...below], value }: Edit): string {
  const isLine = below.length === 0 && ['string', 'number', 'boolean'].includes(typeof value);
  if (!isLine || new RegExp(`^${String(key)}:`, 'm').test(text)) return text;
  return text.replace(new RegExp(`^#${String(key)}: .*$`, 'm'), () => `${String(key)}: ~`);
}

/** Makes sections of those above `path` that say nothing yet, such as one whose every line is commented out. */
function fillSections(document: Document, path: KeyPath): void {
  for (let depth = 1; depth < path.length; depth += 1) {
    const above = path.slice(0, depth);
    const node = document.getIn(above, true);
    if (node !== undefined && !(isScalar(node) && node.value === null)) continue;
    const section = document.createNode({});
    if (isScalar(node)) Object.assign(section, { comment: node.comment, commentBefore: node.commentBefore });
    document.setIn(above, section);
  }
}

/** Only the owner reads a file with secrets; one that was shared with a group stays so. */
const modeOf = (path: string): number => (statSync(path).mode & 0o640) | SECRET_MODE;
