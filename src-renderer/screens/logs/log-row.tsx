import type { Ref } from 'react';
import type { LogLine } from '../../../src-main/control/contract.js';
import { useText } from '../../text/use-text.js';

/** One line: when, how serious, which part, what. Strangers write parts of it, so it is text and nothing else. */
export function LogRow({
  ref,
  line,
  index,
  count,
  start,
  search,
  isSelected,
  onSelect,
}: {
  ref: Ref<HTMLDivElement>;
  line: LogLine;
  index: number;
  count: number;
  start: number;
  search: string;
  isSelected: boolean;
  onSelect(): void;
}) {
  const text = useText();
  return (
    // the list itself takes the keys: it has the focus, a line never has
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      ref={ref}
      id={`line-${line.id}`}
      data-index={index}
      className={`log-line log-${line.level}`}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-setsize={count}
      aria-posinset={index + 1}
      style={{ transform: `translateY(${start}px)` }}
      onClick={onSelect}
    >
      <span className="log-time">{text.time(line.time)}</span>
      <span className="log-level">{text(`logs.level-${line.level}`)}</span>
      <bdi className="log-part-name">{line.part}</bdi>
      <bdi className="log-text" dir="ltr">
        <Marked text={line.text} search={search} />{' '}
        <span className="log-fields">
          <Marked text={line.fields} search={search} />
        </span>
      </bdi>
    </div>
  );
}

/** `text` with every place marked where `search` occurs, in any case. */
function Marked({ text, search }: { text: string; search: string }) {
  if (search === '') return text;
  const pieces = split(text, search);
  // odd pieces are the matches; pieces have no name but their place
  // oxlint-disable-next-line react/no-array-index-key
  return pieces.map((piece, index) => (index % 2 === 1 ? <mark key={index}>{piece}</mark> : piece));
}

function split(text: string, search: string): string[] {
  const [low, wanted] = [text.toLowerCase(), search.toLowerCase()];
  const pieces: string[] = [];
  let from = 0;
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    pieces.push(text.slice(from, at), text.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  return [...pieces, text.slice(from)];
}
