import type {
  CallSettings,
  CertificateFiles,
  CertificateQuery,
  CertificateView,
  ConnectionState,
  DelegationView,
  KitState,
  MadeKit,
  ReachChoice,
  ReachPreview,
  RecordsQuery,
  RecordsView,
  Surroundings,
} from '../contract.js';

/** The console's desk for the server's name and the ways that lead to it. Serves while the server is stopped too. */
export interface Connection {
  surroundings(): Promise<Surroundings>;
  records(query: RecordsQuery): Promise<RecordsView>;
  judge(query: CertificateQuery): CertificateView;
  /** @throws ControlError NOT_SET_UP, CONFIG_INVALID; the same for all below */
  state(): ConnectionState;
  delegation(): Promise<DelegationView>;
  /** @throws ControlError CERTIFICATE_REFUSED */
  useCertificate(files: CertificateFiles): CertificateView;
  /** @throws ControlError HOST_REFUSED */
  plan(choice: ReachChoice): ReachPreview;
  /** @throws ControlError HOST_REFUSED */
  apply(choice: ReachChoice): void;
  setCalls(settings: CallSettings): void;
  kit(): KitState;
  makeKit(): Promise<MadeKit>;
  /** @throws ControlError KIT_NOT_CONFIRMED */
  confirmKit(ending: string): void;
}
