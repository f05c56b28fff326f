import { whyTooOld } from './shell/node-version.js';

/** Entry of `npm start`. Nothing else is loaded before the version is checked: native parts crash on an older Node. */
const tooOld = whyTooOld(process.versions.node);
if (tooOld === undefined) {
  const { startHere } = await import('./shell/headless/start-here.js');
  await startHere(process.argv.slice(2));
} else {
  process.stderr.write(`${tooOld}\n`);
  process.exitCode = 1;
}
