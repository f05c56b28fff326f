import type { ConnectionState } from '../../../src-main/control/contract.js';
import type { CheckLine } from '../../components/check-list.js';
import type { Text } from '../../text/use-text.js';

/** Whether anybody outside the home should reach it. */
export const isOpen = ({ choice }: ConnectionState): boolean => choice.host !== undefined;

/** What can be seen without following the way from outside. */
export function ownLines(text: Text, state: ConnectionState, isKitSaved: boolean): CheckLine[] {
  return [
    listening(text, state),
    ...(state.certificate ? [proving(text, state)] : []),
    { id: 'kit', title: text('final.kit'), state: isKitSaved ? 'ok' : 'warning', fix: text('final.kit-fix') },
  ];
}

function listening(text: Text, { listeners }: ConnectionState): CheckLine {
  const closed = listeners.filter(({ isOpen }) => !isOpen).map(({ port }) => port);
  const where = closed.join(', ');
  return {
    id: 'listening',
    title: text('final.listening'),
    state: closed.length === 0 ? 'ok' : 'error',
    what: closed.length === 0 ? undefined : text('final.listening-closed', { where }),
    fix: text('final.listening-fix'),
  };
}

function proving(text: Text, state: ConnectionState): CheckLine {
  const { certificate } = state;
  const isWrong = certificate?.findings.some(({ state }) => state === 'error') === true;
  const isOwn = certificate?.facts?.isSelfSigned === true;
  const line = {
    id: 'certificate-file',
    title: text('final.certificate'),
    found: certificate?.facts?.names.join(', '),
  };
  const fix = text('final.certificate-fix');
  if (isOwn && isOpen(state)) return { ...line, state: 'error', what: text('final.certificate-own'), fix };
  if (isWrong) return { ...line, state: 'error', what: text('final.certificate-wrong'), fix };
  return { ...line, state: 'ok', what: isOwn ? text('final.certificate-home') : undefined };
}
