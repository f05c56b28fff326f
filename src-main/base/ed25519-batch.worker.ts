/**
 * Checks signatures away from the event loop. For each message `{ id, items: [text, signature, publicKey][] }` it says
 * `{ id, holds: boolean[] }`.
 *
 * It stands alone: Node runs it from source as it is.
 */
/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origins */
import { parentPort } from 'node:worker_threads';
import sodium from 'sodium-native';

type Item = readonly [text: string, signature: Uint8Array, publicKey: Uint8Array];

const SIGNATURE_BYTES = 64;
const PUBLIC_KEY_BYTES = 32;

const holds = ([text, signature, publicKey]: Item): boolean =>
  signature.length === SIGNATURE_BYTES &&
  publicKey.length === PUBLIC_KEY_BYTES &&
  sodium.crypto_sign_verify_detached(signature, Buffer.from(text, 'utf8'), publicKey);

parentPort?.on('message', ({ id, items }: { id: number; items: readonly Item[] }) => {
  parentPort?.postMessage({ id, holds: items.map(holds) });
});
