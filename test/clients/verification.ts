import {
  CryptoEvent,
  VerificationPhase,
  type VerificationRequest,
  type Verifier,
  VerifierEvent,
} from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { Device } from './device.js';
import { until } from './until.js';

/** Two devices of one person compare emoji; resolves when both trust the other. Resolves with what each showed. */
export async function verifyByEmoji(newDevice: Device, oldDevice: Device): Promise<[string, string]> {
  const asked = new Promise<VerificationRequest>((resolve) =>
    oldDevice.client.once(CryptoEvent.VerificationRequestReceived, resolve),
  );
  const request = await newDevice.crypto.requestOwnUserVerification();
  const received = await asked;
  await received.accept();
  await until('readiness', () => request.phase === VerificationPhase.Ready);
  const verifier = await request.startVerification('m.sas.v1');
  const shown = compare(verifier);
  const other = await until('the start of the other device', () => received.verifier);
  const shownThere = compare(other);
  const emoji = await Promise.all([shown, shownThere]);
  await until('the end of the verification', () =>
    [request, received].every(({ phase }) => phase === VerificationPhase.Done),
  );
  return emoji;
}

/** Says that the emoji are the same. */
async function compare(verifier: Verifier): Promise<string> {
  let shown = '';
  verifier.on(VerifierEvent.ShowSas, (sas) => {
    shown = (sas.sas.emoji ?? []).map(([emoji]) => emoji).join(' ');
    void sas.confirm();
  });
  await verifier.verify();
  return shown;
}
