import type {
  CertificateFiles,
  CertificateView,
  ConnectionState,
  DelegationView,
  KitState,
  MadeKit,
  ReachChoice,
  ReachPreview,
  RecordsView,
  Surroundings,
} from '../../../src-main/control/contract.js';
import type { Connection } from '../../../src-main/control/desks/connection.js';
import { ControlError } from '../../../src-main/control/procedure.js';

const DAY = 86_400_000;
const NAME = 'smith-family.org';
const files = { certificatePath: '/etc/ssl/fullchain.pem', privateKeyPath: '/etc/ssl/privkey.pem' };
const good = (aspect: CertificateView['findings'][number]['aspect']) =>
  ({ aspect, state: 'ok', code: undefined, fields: {} }) as const;

export const GOOD_CERTIFICATE: CertificateView = {
  ...files,
  isOurs: false,
  facts: {
    names: [NAME, `*.${NAME}`],
    issuer: 'R11',
    validFrom: Date.now() - 30 * DAY,
    validTo: Date.now() + 60 * DAY,
    isSelfSigned: false,
    fingerprint: Array.from({ length: 32 }, () => 'AB').join(':'),
  },
  findings: [good('files'), good('key'), good('name'), good('dates'), good('chain')],
  isUsable: true,
};

/** What a console is told of a name's ways, as a test sets it. */
export class FakeConnection implements Connection {
  failure: ControlError | undefined;
  certificate: CertificateView = GOOD_CERTIFICATE;
  kitState: KitState = { savedAt: undefined, keyIds: ['ed25519:a_CSXA'] };
  readonly applied: ReachChoice[] = [];
  current: ConnectionState = {
    serverName: NAME,
    choice: { mode: 'direct', host: NAME },
    publicBaseUrl: `https://${NAME}/`,
    clientAddress: `https://${NAME}`,
    listeners: [
      {
        addresses: ['::1', '127.0.0.1'],
        port: 8008,
        tls: false,
        serves: ['client', 'federation'],
        trustedProxies: [],
        isOpen: true,
      },
      {
        addresses: ['::', '0.0.0.0'],
        port: 8448,
        tls: true,
        serves: ['client', 'federation'],
        trustedProxies: [],
        isOpen: false,
      },
    ],
    wellKnown: {
      server: `{"m.server":"${NAME}:443"}`,
      client: `{"m.homeserver":{"base_url":"https://${NAME}/"}}`,
    },
    certificate: GOOD_CERTIFICATE,
    calls: { turnUris: ['turn:turn.smith-family.org?transport=udp'], turnAuth: 'secret', rtcTransports: ['livekit'] },
    push: { enabled: true, includesContent: true },
    forwarding: { outside: 443, address: '192.168.1.5', inside: 8448 },
    needsRestart: false,
  };
  seen: Surroundings = {
    ports: [
      { port: 80, state: 'free', program: undefined },
      { port: 443, state: 'taken', program: 'nginx' },
      { port: 8448, state: 'free', program: undefined },
    ],
    addresses: [{ address: '192.168.1.5', family: 4, kind: 'private', link: 'eth0' }],
    marks: [
      { mode: 'home', tone: 'good', code: 'HOME_ADDRESS', fields: { address: '192.168.1.5' } },
      { mode: 'direct', tone: 'warn', code: 'PORT_TAKEN', fields: { program: 'nginx' } },
      { mode: 'direct', tone: 'info', code: 'BEHIND_ROUTER', fields: { address: '192.168.1.5' } },
      { mode: 'proxy', tone: 'good', code: 'WEB_SERVER_HERE', fields: { program: 'nginx', port: 443 } },
      { mode: 'tunnel', tone: 'info', code: 'WORKS_ANYWHERE', fields: {} },
    ],
    plainPort: 8008,
    tlsPort: 8448,
  };
  looked: RecordsView['records'] = [
    { name: NAME, type: 'A', wanted: ['93.184.216.34'], found: ['93.184.216.99'], state: 'other' },
    { name: NAME, type: 'AAAA', wanted: undefined, found: [], state: 'not-needed' },
    { name: `_matrix-fed._tcp.${NAME}`, type: 'SRV', wanted: [], found: [], state: 'not-needed' },
    { name: `_matrix._tcp.${NAME}`, type: 'SRV', wanted: [], found: ['10 5 8448 old.example.net'], state: 'unwanted' },
  ];
  said: DelegationView['files'] = [
    {
      path: '/.well-known/matrix/server',
      url: `https://${NAME}/.well-known/matrix/server`,
      wanted: `{"m.server":"${NAME}:443"}`,
      found: '',
      state: 'missing',
      why: undefined,
    },
  ];
  preview: ReachPreview = {
    changes: [{ key: 'public_baseurl', before: `https://${NAME}/`, after: undefined }],
    changesAddress: true,
    closes: true,
  };

  async surroundings() {
    this.#refuse();
    return this.seen;
  }

  async records() {
    this.#refuse();
    return { records: this.looked, at: Date.now() };
  }

  judge = (given: CertificateFiles): CertificateView => ({ ...this.certificate, ...given });

  state() {
    this.#refuse();
    return this.current;
  }

  async delegation() {
    this.#refuse();
    return { files: this.said };
  }

  useCertificate(given: CertificateFiles): CertificateView {
    if (!this.certificate.isUsable) throw new ControlError('CERTIFICATE_REFUSED', 'no');
    this.current = { ...this.current, certificate: { ...this.certificate, ...given } };
    return this.judge(given);
  }

  plan = (): ReachPreview => this.preview;

  apply(choice: ReachChoice): void {
    this.applied.push(choice);
    this.current = { ...this.current, choice, needsRestart: true };
  }

  setCalls({ turnUris }: { turnUris: readonly string[] }): void {
    this.current = { ...this.current, calls: { ...this.current.calls, turnUris }, needsRestart: true };
  }

  kit = (): KitState => this.kitState;

  async makeKit(): Promise<MadeKit> {
    return {
      serverName: NAME,
      keyIds: this.kitState.keyIds,
      fileName: `${NAME}.recovery.json`,
      file: '{\n  "type": "hearth-recovery-kit"\n}\n',
      passphrase: 'k7wd-m3xq-9hfb-r2tz',
      madeAt: Date.now(),
    };
  }

  confirmKit(ending: string): void {
    if (ending !== 'r2tz') throw new ControlError('KIT_NOT_CONFIRMED', 'no');
    this.kitState = { ...this.kitState, savedAt: Date.now() };
  }

  #refuse(): void {
    if (this.failure) throw this.failure;
  }
}
