import { Filter, X } from 'lucide-react';
import type { LogLine, LogSubject } from '../../../src-main/control/contract.js';
import { Button, IconButton } from '../../components/button.js';
import { CopyButton } from '../../components/copy-field.js';
import { type TextKey, useText } from '../../text/use-text.js';
import { asJson, asText, factsOf, subjectsOf } from './log-lines.js';
import { plain } from './log-row.js';

/** What a line that is often there means; words are fixed, so each has its own explanation. */
const MEANINGS: Readonly<Record<string, TextKey>> = {
  'a server does not answer': 'logs.meaning-no-answer',
  'a server answers again': 'logs.meaning-answers-again',
  'a server refuses an event': 'logs.meaning-refuses',
  'a transaction was not taken': 'logs.meaning-not-taken',
  'an event is refused': 'logs.meaning-event-refused',
  'an event is rejected': 'logs.meaning-event-refused',
  'an event is not let in': 'logs.meaning-event-refused',
  'a push gateway did not take a notification': 'logs.meaning-push',
  'media not fetched': 'logs.meaning-media',
  'certificate changed': 'logs.meaning-certificate',
  'certificate changed and cannot be used': 'logs.meaning-certificate-bad',
  'TLS handshake failed': 'logs.meaning-handshake',
  'request failed unexpectedly': 'logs.meaning-bug',
  'job failed, starting it again': 'logs.meaning-bug',
  'log lines were lost': 'logs.meaning-lost',
  'the store failed': 'logs.meaning-store',
  'the store is broken: nothing more is written until a restart': 'logs.meaning-store',
  'to-device messages dropped: queues are full': 'logs.meaning-dropped',
  'the server could not start': 'logs.meaning-start',
};

/** undefined where nothing is known. */
export const meaningOf = (text: string): TextKey | undefined => MEANINGS[text];

/** The chosen line in full, or how many are chosen; what can be copied, and what else there is about the same. */
export function LogDetail({
  lines,
  onClose,
  onAbout,
}: {
  lines: readonly LogLine[];
  onClose(): void;
  onAbout(subject: LogSubject): void;
}) {
  const text = useText();
  const line = lines.at(-1);
  if (!line) return null;
  const meaning = lines.length === 1 ? meaningOf(line.text) : undefined;
  return (
    <section className="card log-detail" aria-label={text('logs.detail')}>
      <div className="row spread">
        <h2>{lines.length === 1 ? text.dateTime(line.time) : text('logs.selected', { count: lines.length })}</h2>
        <div className="row">
          <CopyButton
            value={lines.map(asText).join('\n')}
            what={lines.length === 1 ? text('logs.line') : text('logs.selection')}
          />
          <CopyButton value={jsonOf(lines)} what={text('logs.json')} label={text('logs.copy-json')} />
          <IconButton icon={X} label={text('action.close')} onClick={onClose} />
        </div>
      </div>
      {lines.length === 1 && (
        <>
          <p className="breakable">
            <bdi dir="ltr">{plain(line.text)}</bdi>
          </p>
          {meaning && <p className="soft">{text(meaning)}</p>}
          <About line={line} onAbout={onAbout} />
          {line.fields !== '' && (
            // it scrolls, so it can have the focus
            // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
            <pre className="mono breakable" dir="ltr" tabIndex={0}>
              {pretty(line.fields)}
            </pre>
          )}
        </>
      )}
    </section>
  );
}

/** Over several lines, each without marks that would turn it. */
const pretty = (fields: string) => JSON.stringify(factsOf(fields), undefined, 2).split('\n').map(plain).join('\n');

const jsonOf = (lines: readonly LogLine[]) =>
  lines.length === 1 ? lines.map(asJson).join('') : `[${lines.map(asJson).join(',\n')}]`;

function About({ line, onAbout }: { line: LogLine; onAbout(subject: LogSubject): void }) {
  const text = useText();
  const subjects = subjectsOf(line);
  if (subjects.length === 0) return null;
  return (
    <div className="row">
      {subjects.map((subject) => (
        <Button key={subject.value} icon={Filter} onClick={() => onAbout(subject)}>
          {text(`logs.only-${subject.kind}`)}
          <span className="hidden-visually">
            {' '}
            <bdi>{subject.value}</bdi>
          </span>
        </Button>
      ))}
    </div>
  );
}
