import type { Clock } from '../../base/clock.js';
import type { Config } from '../../config/config.js';
import { ConfigError } from '../../config/config-error.js';
import { otherListeners, type ReachPlan, reachEdits, reachOf } from '../../config/reach.js';
import { type Edit, previewEdits, saveConfig } from '../../config/save.js';
import type { Dns } from '../../net/dns.js';
import { viewRecords } from '../../net/dns-view.js';
import { type Interfaces, isPublicAddress, ownAddresses } from '../../net/interfaces.js';
import type { OutgoingHttp } from '../../net/outgoing.js';
import type { PortUse } from '../../net/port-use.js';
import { CertificateError } from '../../tls/certificate.js';
import type { Certificates } from '../../tls/certificates.js';
import type {
  CallSettings,
  CertificateFiles,
  CertificateView,
  ReachChoice,
  ReachPreview,
  RecordsQuery,
  RecordsView,
  SetupMode,
  Surroundings,
} from '../contract.js';
import type { Connection } from '../desks/connection.js';
import { ControlError } from '../procedure.js';
import { viewCertificate } from './certificate-view.js';
import { connectionState, type RunningServer } from './connection-state.js';
import { viewDelegation } from './delegation.js';
import { reachMarks } from './marks.js';
import { choiceOf, planOf } from './reach-choice.js';
import type { RecoveryKits } from './recovery-kit-desk.js';

/** What the machine tells; tests give another. */
export interface Machine {
  readonly interfaces: Interfaces;
  portUse(port: number): Promise<PortUse>;
}

export interface ConnectionDeps {
  /** the file that is changed */
  readonly configPath: string;
  readonly clock: Clock;
  readonly machine: Machine;
  readonly kits: RecoveryKits;
  /** undefined while nothing is set up. @throws ConfigError */
  readConfig(): Config | undefined;
  /** undefined while it does not run */
  running(): (RunningServer & { readonly certificates: Certificates | undefined }) | undefined;
  /** what the wizard was told; where two ways are configured alike */
  rememberedMode(): SetupMode | undefined;
  rememberMode(mode: SetupMode): void;
  /** ports for a listener that is not there yet */
  freePorts(): Promise<Pick<ReachPlan, 'plainPort' | 'tlsPort'>>;
  /** a kit was confirmed: what warns that there is none may look again */
  kitSaved(): void;
  /** where people's apps find the server */
  clientAddress(): string | undefined;
  /** one that remembers nothing of before */
  dns(): Dns;
  /** the way out that a server with this configuration has */
  withOutgoing<T>(config: Config, work: (outgoing: OutgoingHttp) => Promise<T>): Promise<T>;
}

const LOOKED_AT = [80, 443, 8448];
const USUAL_PORTS = { plainPort: 8008, tlsPort: 8448 };

/** The desk for the server's name and its ways; needs the configuration and this computer, not a server that runs. */
export class ConnectionDesk implements Connection {
  constructor(private readonly deps: ConnectionDeps) {}

  async surroundings(): Promise<Surroundings> {
    const { machine, freePorts } = this.deps;
    const addresses = ownAddresses(machine.interfaces);
    const [free, ...ports] = await Promise.all([freePorts(), ...LOOKED_AT.map((port) => machine.portUse(port))]);
    return { ports, addresses, marks: reachMarks(addresses, ports), ...free };
  }

  async records({ serverName, host, publicAddress }: RecordsQuery): Promise<RecordsView> {
    const { machine, clock } = this.deps;
    const own = ownAddresses(machine.interfaces).filter(({ kind }) => kind === 'public');
    const of = (family: 4 | 6) => own.find((each) => each.family === family)?.address;
    const given = publicAddress !== undefined && isPublicAddress(publicAddress) ? publicAddress : undefined;
    const name = { serverName, host, v4: given ?? of(4), v6: given?.includes(':') ? given : of(6) };
    const wanted = name.v4?.includes(':') ? { ...name, v4: undefined } : name;
    return { records: await viewRecords(this.deps.dns(), wanted), at: clock.now() };
  }

  judge({ host, ...files }: CertificateFiles & { host: string }): CertificateView {
    return viewCertificate({ ...files, host }, false, this.deps.clock.now());
  }

  state() {
    const config = this.#config();
    const { clock, machine, rememberedMode, clientAddress, running } = this.deps;
    return connectionState(config, running(), {
      now: clock.now(),
      addresses: ownAddresses(machine.interfaces),
      remembered: rememberedMode(),
      clientAddress: clientAddress(),
    });
  }

  async delegation() {
    const config = this.#config();
    return this.deps.withOutgoing(config, (outgoing) => viewDelegation(config, outgoing));
  }

  useCertificate(files: CertificateFiles): CertificateView {
    const config = this.#config();
    const { host } = new URL(config.publicBaseUrl ?? `https://${config.serverName}/`);
    const view = this.judge({ ...files, host });
    if (!view.isUsable) throw new ControlError('CERTIFICATE_REFUSED', 'the certificate cannot be served');
    const { certificatePath, privateKeyPath } = files;
    this.#save([
      { path: ['tls_certificate_path'], value: certificatePath },
      { path: ['tls_private_key_path'], value: privateKeyPath },
    ]);
    try {
      this.deps.running()?.certificates?.use({ certificatePath, privateKeyPath, selfSigned: false });
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      throw new ControlError('CERTIFICATE_REFUSED', error.message);
    }
    return view;
  }

  plan(choice: ReachChoice): ReachPreview {
    const config = this.#config();
    const edits = this.#edits(config, choice);
    const before = reachOf(config);
    const isOpen = before === 'direct' || before === 'front';
    return {
      changes: previewEdits(this.deps.configPath, edits),
      changesAddress: edits.some(({ path, value }) => path[0] === 'public_baseurl' && value !== config.publicBaseUrl),
      closes: isOpen && (choice.mode === 'home' || choice.mode === 'try'),
    };
  }

  apply(choice: ReachChoice): void {
    this.#save(this.#edits(this.#config(), choice));
    this.deps.rememberMode(choice.mode);
  }

  setCalls({ turnUris, turnSecret }: CallSettings): void {
    this.#config();
    this.#save([
      { path: ['turn_uris'], value: turnUris.length > 0 ? turnUris : undefined },
      ...(turnSecret === undefined ? [] : [{ path: ['turn_shared_secret'], value: turnSecret || undefined }]),
    ]);
  }

  kit() {
    return this.deps.kits.state(this.#config());
  }

  makeKit() {
    return this.deps.kits.make(this.#config());
  }

  confirmKit(ending: string): void {
    this.deps.kits.confirm(ending);
    this.deps.kitSaved();
  }

  #edits(config: Config, choice: ReachChoice): Edit[] {
    const main = config.listeners.filter(({ resources }) => resources.includes('client'));
    const plan = planOf(choice, config.serverName, {
      plainPort: main.find(({ tls }) => !tls)?.port ?? USUAL_PORTS.plainPort,
      tlsPort: main.find(({ tls }) => tls)?.port ?? USUAL_PORTS.tlsPort,
    });
    return reachEdits(plan, otherListeners(this.deps.configPath));
  }

  #save(edits: readonly Edit[]): void {
    try {
      saveConfig(this.deps.configPath, edits);
    } catch (error) {
      throw inWords(error);
    }
  }

  #config(): Config {
    try {
      const config = this.deps.readConfig();
      if (config) return config;
    } catch (error) {
      throw inWords(error);
    }
    throw new ControlError('NOT_SET_UP', 'there is no configuration yet');
  }
}

const inWords = (error: unknown): unknown =>
  error instanceof ConfigError ? new ControlError('CONFIG_INVALID', error.message, {}, { cause: error }) : error;

/** For the wizard: what its answers mean for a new configuration. */
export { choiceOf, planOf };
