import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../src-main/base/json.js';

interface TextPair {
  why?: string;
  input_text: string;
  output_text: string;
}

interface EventVector {
  label: string;
  room_version: string;
  input: JsonObject;
  content_hash: string;
  signature: string;
  redacted_canonical_json: string;
  event_id: string;
  room_id?: string;
}

interface Vectors {
  key: { seed_base64: string; server_name: string; key_id: string; public_key_unpadded_base64: string };
  canonical_json: TextPair[];
  json_signing: { input: JsonObject; output: JsonObject }[];
  event_signing: { room_versions: string; input: JsonObject; output: JsonObject }[];
  derived_canonical_json: TextPair[];
  derived_must_reject_v6plus: { why: string; input_text: string }[];
  derived_events: EventVector[];
}

/** The specification's vectors and ours; see test/fixtures/README.md. */
export const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/spec-vectors.json', import.meta.url), 'utf8'),
) as Vectors;
