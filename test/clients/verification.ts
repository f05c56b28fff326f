import {
  CryptoEvent,
  VerificationPhase,
  type VerificationRequest,
  type Verifier,
  VerifierEvent,
} from 'matrix-js-sdk/lib/crypto-api/index.js';
import type { Device } from './device.js';
import { until } from './until.js';

/** Two devices of one person compare emoji; resolves when both trust the other, with what each showed. */
export const verifyByEmoji = (newDevice: Device, oldDevice: Device): Promise<[string, string]> =>
  verify(oldDevice, () => newDevice.crypto.requestOwnUserVerification());

/** Two people do the same, by messages in a room. */
export const verifyInRoom = (asking: Device, asked: Device, roomId: string): Promise<[string, string]> =>
  verify(asked, () => asking.crypto.requestVerificationDM(asked.userId, roomId));

async function verify(asked: Device, ask: () => Promise<VerificationRequest>): Promise<[string, string]> {
  const arrival = new Promise<VerificationRequest>((resolve) =>
    asked.client.once(CryptoEvent.VerificationRequestReceived, resolve),
  );
  const request = await ask();
  const received = await arrival;
  await received.accept();
  await until('readiness', () => request.phase === VerificationPhase.Ready);
  const verifier = await request.startVerification('m.sas.v1');
  const shown = compare(verifier);
  const other = await until('the start on the other side', () => received.verifier);
  const emoji = await Promise.all([shown, compare(other)]);
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
