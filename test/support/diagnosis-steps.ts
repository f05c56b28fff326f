import type { Step } from '../../src-main/control/contract.js';

const well = { state: 'ok', code: undefined, fields: {}, evidence: [], took: 3 } as const;
const waits = { state: 'waiting', code: 'EARLIER_STEP', fields: {}, found: '', evidence: [], took: 0 } as const;

/** How a server is reached that has somebody else's certificate, and whose owner puts tricks into it. */
export const BROKEN_STEPS: Step[] = [
  { ...well, name: 'name', found: 'matrix.test' },
  {
    ...well,
    name: 'well-known',
    state: 'warning',
    code: 'WELL_KNOWN_INVALID',
    fields: { url: 'https://matrix.test/.well-known/matrix/server' },
    found: '',
    evidence: ['GET https://matrix.test/.well-known/matrix/server: 200', '<script>alert(1)</script>'],
  },
  {
    ...well,
    name: 'srv',
    state: 'not-applicable',
    code: 'SRV_NONE',
    fields: { host: 'matrix.test' },
    found: '',
    evidence: ['_matrix-fed._tcp.matrix.test: -'],
  },
  { ...well, name: 'addresses', found: '203.0.113.7', evidence: ['matrix.test: 203.0.113.7'] },
  { ...well, name: 'connection', found: '203.0.113.7:8448', evidence: ['203.0.113.7:8448: open, 12 ms'] },
  {
    ...well,
    name: 'certificate',
    state: 'error',
    code: 'TLS_NAME',
    fields: { name: 'matrix.test', names: '<img src=x>.other.test', from: '2026-01-01', until: '2027-01-01' },
    found: '<img src=x>.other.test',
    evidence: ['verification: ERR_TLS_CERT_ALTNAME_INVALID'],
  },
  { ...waits, name: 'version' },
  { ...waits, name: 'keys' },
  { ...waits, name: 'clock' },
];
