import type { JsonObject } from '../../base/json.js';
import { canonicalJson, NotCanonicalError } from '../../spec/canonical-json.js';

/** Whether two contents say the same; what is not canonical JSON is like nothing else. */
export function isSameContent(a: JsonObject, b: JsonObject): boolean {
  try {
    return canonicalJson(a) === canonicalJson(b);
  } catch (error) {
    if (error instanceof NotCanonicalError) return false;
    throw error;
  }
}
