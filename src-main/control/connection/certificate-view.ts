import type { Config } from '../../config/config.js';
import { hostOfReach } from '../../config/reach.js';
import { judgeCertificate } from '../../tls/judge-certificate.js';
import type { CertificateQuery, CertificateView } from '../contract.js';

/** A certificate and its key, as the console shows them. @param now ms since the epoch */
export function viewCertificate({ host, ...files }: CertificateQuery, isOurs: boolean, now: number): CertificateView {
  return { ...files, isOurs, ...judgeCertificate(files, host.replace(/:\d+$/, ''), now) };
}

/** The one that a configuration names; undefined when nobody is shown one. */
export function configuredCertificate(config: Config, now: number): CertificateView | undefined {
  const { certificatePath, privateKeyPath, selfSigned } = config.tls;
  if (!config.listeners.some(({ tls }) => tls)) return undefined;
  return viewCertificate({ certificatePath, privateKeyPath, host: hostOfReach(config) }, selfSigned, now);
}
