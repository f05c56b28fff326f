#!/usr/bin/env node
import { whyTooOld } from './shell/node-version.js';

const tooOld = whyTooOld(process.versions.node);
if (tooOld === undefined) {
  const { run } = await import('./shell/headless/cli.js');
  await run(process.argv);
} else {
  console.error(tooOld);
  process.exitCode = 1;
}
