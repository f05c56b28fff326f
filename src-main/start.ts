/** Entry of `npm start`. Nothing is loaded before the version is checked: native parts crash on an older Node. */
const OLDEST = [22, 14] as const;
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  process.stderr.write(
    `Hearth needs Node ${OLDEST.join('.')} or newer, and this is ${process.versions.node}. ` +
      'Run it as `npm start`: npm then uses the Node that the project brings.\n',
  );
  process.exit(1);
}

const { startHere } = await import('./shell/headless/start-here.js');
await startHere(process.argv.slice(2));

export {};
