import { OutgoingError } from '../../net/outgoing-error.js';
import type { FailureCause } from './destinations.store.js';
import type { RemoteError } from './remote-error.js';

/** Of what kind a failure is. */
export function failureCause({ kind, status = 0, cause }: RemoteError): FailureCause {
  if (cause instanceof OutgoingError) return cause.kind;
  if (status === 401) return 'unauthorized';
  if (status === 429) return 'busy';
  return kind === 'invalid' ? 'invalid' : 'server-error';
}
