import { X } from 'lucide-react';
import type { LogLine } from '../../../src-main/control/contract.js';
import { IconButton } from '../../components/button.js';
import { CopyButton } from '../../components/copy-field.js';
import { useText } from '../../text/use-text.js';

/** The chosen line in full. */
export function LogDetail({ line, onClose }: { line: LogLine; onClose(): void }) {
  const text = useText();
  const { time, level, part, text: words, fields } = line;
  const whole = `${new Date(time).toISOString()} ${level.toUpperCase()} ${part}: ${words} ${fields}`.trimEnd();
  return (
    <section className="card log-detail" aria-label={text('logs.detail')}>
      <div className="row spread">
        <h2>{text.dateTime(time)}</h2>
        <div className="row">
          <CopyButton value={whole} what={text('logs.line')} />
          <IconButton icon={X} label={text('action.close')} onClick={onClose} />
        </div>
      </div>
      <p className="breakable">
        <bdi dir="ltr">{words}</bdi>
      </p>
      {fields !== '' && (
        <pre className="mono breakable" dir="ltr">
          {pretty(fields)}
        </pre>
      )}
    </section>
  );
}

/** JSON over several lines; as it is when it is not JSON. */
function pretty(fields: string): string {
  try {
    return JSON.stringify(JSON.parse(fields), undefined, 2);
  } catch {
    return fields;
  }
}
