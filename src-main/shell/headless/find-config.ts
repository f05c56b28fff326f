import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hearthHome } from '../host/locations.js';
import { CommandError } from './command-error.js';

/**
 * The configuration files that a command means: those named, else `HEARTH_CONFIG`, else `homeserver.yaml` in the
 * working folder, else the one that the wizard wrote. Undefined when there is none of them.
 */
export function findConfig(named: readonly string[] = []): readonly string[] | undefined {
  if (named.length > 0) return named.map((path) => resolve(path));
  const { HEARTH_CONFIG } = process.env;
  if (HEARTH_CONFIG) return [resolve(HEARTH_CONFIG)];
  const usual = [resolve('homeserver.yaml'), join(hearthHome(), 'homeserver.yaml')];
  const found = usual.find((path) => existsSync(path));
  return found === undefined ? undefined : [found];
}

/** The same for commands that cannot do without. @throws CommandError */
export function requireConfig(named: readonly string[] = []): readonly string[] {
  const found = findConfig(named);
  if (found) return found;
  throw new CommandError(
    'There is no configuration yet. Name one with --config, make one with `hearth generate-config`, or set the server up in a browser with `hearth serve`.',
  );
}
