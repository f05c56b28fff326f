import { memo } from 'react';
import type { LogLine } from '../../../src-main/control/contract.js';
import { useText } from '../../text/use-text.js';

/** Longer ones are cut in the list; the chosen line is shown in full. */
const LONGEST = 1200;
const LONGEST_PART = 32;

/**
 * One line: when, how serious, which part, what. Strangers write parts of it, so it is text and nothing else, without
 * marks that turn its direction.
 */
export const LogRow = memo(function LogRow({
  measure,
  line,
  index,
  count,
  start,
  isSelected,
  onSelect,
}: {
  /** for rows whose height is not known before */
  measure: ((element: HTMLElement | null) => void) | undefined;
  line: LogLine;
  index: number;
  count: number;
  start: number;
  isSelected: boolean;
  onSelect(index: number, isRange: boolean): void;
}) {
  const text = useText();
  return (
    // the list itself takes the keys: it has the focus, a line never has
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      ref={measure}
      id={`line-${line.id}`}
      data-index={index}
      className={`log-line log-${line.level}`}
      role="option"
      tabIndex={-1}
      aria-selected={isSelected}
      aria-setsize={count}
      aria-posinset={index + 1}
      style={{ transform: `translateY(${start}px)` }}
      onClick={(event) => onSelect(index, event.shiftKey)}
    >
      <span className="log-time">{text.time(line.time)}</span>
      <span className="log-level">{text(`logs.level-${line.level}`)}</span>
      <bdi className="log-part-name">{plain(line.part.slice(0, LONGEST_PART))}</bdi>
      <bdi className="log-text" dir="ltr">
        <Marked text={line.text} marks={line.marks?.text} />{' '}
        <span className="log-fields">
          <Marked text={line.fields} marks={line.marks?.fields} />
        </span>
      </bdi>
    </div>
  );
});

/** Marks of direction and control are shown as a sign each: nothing moves, and one sees that there was something. */
export const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');

/** `text` with the places in `marks` marked. */
export function Marked({
  text,
  marks = [],
  longest = LONGEST,
}: {
  text: string;
  marks?: readonly number[] | undefined;
  longest?: number;
}) {
  const short = plain(text.length > longest ? `${text.slice(0, longest)}…` : text);
  if (marks.length === 0) return short;
  const pieces = split(short, marks);
  // odd pieces are the matches; pieces have no name but their place
  // oxlint-disable-next-line react/no-array-index-key
  return pieces.map((piece, index) => (index % 2 === 1 ? <mark key={index}>{piece}</mark> : piece));
}

function split(text: string, marks: readonly number[]): string[] {
  const cuts = [0, ...marks, text.length];
  return cuts.slice(1).map((end, index) => text.slice(cuts[index], end));
}
