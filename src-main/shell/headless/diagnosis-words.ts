import type { CauseCode, Diagnosis, Step, StepName } from '../../matrix/diagnostics/index.js';

/** What a step looks at, and what should be there. */
const STEPS: Readonly<Record<StepName, { readonly title: string; readonly expected: string }>> = {
  name: { title: 'Server name', expected: 'A host name or an address, with a port where one is needed.' },
  'well-known': {
    title: 'The file .well-known',
    expected: 'The web site of the name says where the server is, or has no such file.',
  },
  srv: { title: 'Service records (SRV)', expected: 'DNS says where the service is, or has no such record.' },
  addresses: { title: 'Addresses', expected: 'DNS has an address for the server.' },
  connection: { title: 'Connection', expected: 'Somebody takes the connection at each address.' },
  certificate: {
    title: 'Certificate',
    expected: 'A certificate for this very name, in date, from an authority that is trusted.',
  },
  version: { title: 'Matrix answers', expected: 'A Matrix server answers and says what it is.' },
  keys: { title: 'Signing keys', expected: 'The server shows its keys, signed with one of them and in its own name.' },
  clock: { title: 'Clock', expected: 'Both clocks say the same, within five seconds.' },
};

/** What is the matter, and what to do about it, where there is something to do. */
const CAUSES: Readonly<Record<CauseCode, readonly [what: string, fix?: string]>> = {
  EARLIER_STEP: ['This waits for an earlier step.', 'Mend the step above first.'],
  OUT_OF_TIME: ['There was no time left for this.', 'Check again in a while.'],
  NAME_GRAMMAR: [
    'This is no server name.',
    'Write it like example.org or example.org:8448, without https:// and without a slash.',
  ],
  NAME_NOT_ALLOWED: [
    'The configuration of this server does not allow it to talk to this name.',
    'Add the name to federation_domain_whitelist, or take that list out.',
  ],
  NOT_NEEDED: ['Not needed: the name says itself where the server is.'],
  WELL_KNOWN_NONE: ['There is no such file. That is fine when the server is at its own name.'],
  WELL_KNOWN_NO_SITE: ['There is no web site at this name. That is fine when the server is at its own name.'],
  WELL_KNOWN_TLS: [
    'The web site has no certificate that is trusted, so its file does not count.',
    'Whoever runs the web site must renew its certificate.',
  ],
  WELL_KNOWN_TIMEOUT: [
    'The web site did not answer in time.',
    'Whoever runs the web site must see why it is slow, or let it refuse connections at once.',
  ],
  WELL_KNOWN_FAILED: [
    'The web site’s answer could not be used: it redirects in circles, is too long, or was broken off.',
    'Let the web site answer {url} itself, with a short JSON text.',
  ],
  WELL_KNOWN_STATUS: [
    'The web site answered {status} instead of the file.',
    'Let the web site give {url} to everybody, automatic readers too; or 404 when there is none.',
  ],
  WELL_KNOWN_INVALID: [
    'The file says nothing that can be used, so it is passed over.',
    'It must be JSON with “m.server” in it: a name and a port, without https://.',
  ],
  SRV_NONE: ['There is no such record for {host}. That is fine: the usual port 8448 is tried.'],
  SRV_OLD: [
    'Only the old record {name} is there. It still works, for now.',
    'Add the same record under _matrix-fed._tcp.',
  ],
  SRV_FAILED: [
    'DNS could not be asked about {host}.',
    'If other names fail too, check this computer’s network; else the owner of the name must mend its DNS.',
  ],
  ADDRESSES_NONE: [
    '{host} has no address in DNS.',
    'Check how the name is spelled. If it is right, its owner must add an A or AAAA record.',
  ],
  ADDRESSES_FAILED: [
    'DNS could not be asked about {host}.',
    'If other names fail too, check this computer’s network; else the owner of the name must mend its DNS.',
  ],
  ADDRESSES_DENIED: [
    '{host} leads to an address inside a private network, where this server may not go.',
    'If it is yours, add the address to ip_range_whitelist. Else its owner must mend the DNS record.',
  ],
  ADDRESSES_LOCAL: [
    'From this computer {host} leads to an address at home, so nothing can be told of the way from outside.',
    'Ask somebody outside to check your name, or use a phone that is not on your Wi-Fi.',
  ],
  CONNECT_REFUSED: [
    '{where} refuses the connection: nothing listens there.',
    'The server must run, and its port be passed on to it by router and firewall.',
  ],
  CONNECT_TIMEOUT: [
    '{where} does not answer: it is off, or a firewall swallows the connection.',
    'Check that it is on, and that router and firewall let the port through.',
  ],
  CONNECT_FAILED: [
    '{where} cannot be connected to.',
    'Check this computer’s own network first. The evidence has the system’s word for it.',
  ],
  CONNECT_SOME: [
    '{where} does not take connections; other addresses do. Messages may be slow.',
    'Mend that address, or take it out of DNS.',
  ],
  TLS_NAME: [
    'The certificate is for {names}, not for {name}.',
    'Get a certificate for {name}, or let .well-known name a server that has one.',
  ],
  TLS_EXPIRED: ['The certificate ran out on {until}.', 'Renew the certificate.'],
  TLS_EARLY: [
    'The certificate is good only from {from} on.',
    'Check the clock of this computer, and of the one that made the certificate.',
  ],
  TLS_SELF_SIGNED: [
    'The server vouches for its certificate itself, and others do not trust that.',
    'Get a certificate from a public authority.',
  ],
  TLS_CHAIN: [
    'Nobody whom this computer trusts vouches for the certificate; often the one in between is missing.',
    'Let the server send the full chain (often a file called fullchain.pem).',
  ],
  TLS_HANDSHAKE: [
    'Whoever answers there does not speak TLS as it should be.',
    'Check that the port leads to the Matrix server or its proxy, and that it offers TLS 1.2 or newer.',
  ],
  TLS_UNVERIFIED: [
    'The certificate is not trusted, and the configuration of this server says not to look.',
    'Others do look. Get a certificate from a public authority.',
  ],
  TLS_ENDS_SOON: ['The certificate runs out in {days} days.', 'Renew it before {until}.'],
  VERSION_STATUS: [
    'Whoever answers there says {status} where a Matrix server says what it is.',
    'The proxy in front must pass everything under /_matrix on, or the server behind it is down.',
  ],
  VERSION_INVALID: [
    'Whoever answers there is no Matrix server.',
    'The proxy in front must pass everything under /_matrix on.',
  ],
  VERSION_FAILED: [
    'There was a connection, but no answer.',
    'The server may be overloaded or restarting. Check again in a while.',
  ],
  KEYS_STATUS: [
    'The server answered {status} when asked for its keys.',
    'The proxy in front must pass /_matrix/key on too.',
  ],
  KEYS_INVALID: [
    'What it gave as its keys is not signed by any of them, or is something else.',
    'Its owner must check the signing key, and that nothing on the way changes answers.',
  ],
  KEYS_OTHER_NAME: [
    'It answers as {name}: another Matrix server is behind this address.',
    'Let DNS, .well-known or the proxy lead to the right server.',
  ],
  KEYS_NOT_OURS: [
    'Another server answers at this name, with other keys than ours.',
    'Stop the other server, or let DNS, .well-known or the proxy lead here. Two servers must never share a name.',
  ],
  KEYS_EXPIRED: [
    'Its keys are good only until {until}, which is over.',
    'Check the clocks of both computers; else its owner must restart the server.',
  ],
  KEYS_FAILED: [
    'There was no answer to the question for its keys.',
    'The server may be overloaded or restarting. Check again in a while.',
  ],
  CLOCK_UNKNOWN: ['The answer does not say what time it is there.'],
  CLOCK_AHEAD: [
    'Its clock is {seconds} seconds ahead of this computer’s.',
    'Let both computers set their clocks from the internet.',
  ],
  CLOCK_BEHIND: [
    'Its clock is {seconds} seconds behind this computer’s.',
    'Let both computers set their clocks from the internet.',
  ],
};

const STATES = {
  ok: 'ok',
  warning: 'warning',
  error: 'ERROR',
  'not-applicable': 'not needed',
  'could-not-check': 'unknown',
} as const;

const WIDTH = Math.max(...Object.values(STATES).map(({ length }) => length));

/** One step for a terminal: a line when all is well, else what was expected and found, the fix, and the evidence. */
export function stepLines(step: Step): string {
  const { title, expected } = STEPS[step.name];
  const [what, fix] = step.code ? CAUSES[step.code] : [];
  const sentence = what === undefined ? step.found : filled(what, step.fields);
  const head = `${STATES[step.state].padEnd(WIDTH)}  ${title}${sentence === '' ? '' : `: ${sentence}`}`;
  if (step.state !== 'error' && step.state !== 'warning') return head;
  const facts = [
    ['Expected', expected],
    ['Found', step.found],
    ['Fix', fix === undefined ? '' : filled(fix, step.fields)],
    ...step.evidence.map((line) => ['Evidence', line]),
  ];
  const lines = facts.flatMap(([name = '', text = '']) =>
    text === '' ? [] : [`${' '.repeat(WIDTH + 4)}${name}: ${text}`],
  );
  return [head, ...lines].join('\n');
}

/** The whole in one sentence: the first step that fails is the one that matters. */
export function outcomeSentence({ serverName, isOwn, steps, outcome }: Diagnosis): string {
  const failed = steps.find(({ state }) => state === 'error');
  if (failed) return `${serverName} cannot be reached from this computer: see “${STEPS[failed.name].title}” above.`;
  const own = isOwn ? ' Others come another way than this computer does: somebody outside knows more.' : '';
  if (outcome === 'ok') return `${serverName} can be reached from this computer.${own}`;
  return `${serverName} can be reached as far as can be told, with something to mend or unknown above.${own}`;
}

const filled = (sentence: string, fields: Step['fields']): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => String(fields[name] ?? '?'));
