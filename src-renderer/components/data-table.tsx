import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react';
import { type KeyboardEvent, memo, type ReactNode, type RefCallback, useEffect, useMemo, useRef } from 'react';
import type { ControlFailure } from '../../src-main/control/contract.js';
import { useText } from '../text/use-text.js';
import { Button } from './button.js';
import { Failure } from './states.js';
import { useRowsInSight } from './use-rows-in-sight.js';

/** A column: its words, what it shows of a row, and the code it is sorted by. */
export interface Column<T, Code extends string = never> {
  readonly key: string;
  readonly title: string;
  /** for those who hear the table only: a column of buttons needs no words above it */
  readonly isTitleHidden?: boolean;
  readonly sortBy?: Code;
  /** `end` for numbers */
  readonly align?: 'end';
  /** how wide, of the whole (`30%`) or in text sizes (`6rem`); the others share what is left */
  readonly width?: string;
  cell(row: T): ReactNode;
}

export interface Sorting<Code extends string> {
  readonly by: Code;
  readonly isDescending: boolean;
}

/** More rows than are here yet. */
export interface Further {
  readonly isBusy: boolean;
  readonly error: ControlFailure | undefined;
  load(): void;
}

/**
 * A table of any length, of which only the rows in sight are in the page. A real table: its first column names the row,
 * its headings sort, and the arrow keys go from row to row. On a narrow screen each row is a card.
 *
 * @param label what the table is of, for those who hear it
 * @param total how many rows there are in all, loaded or not
 * @param further undefined: every row is here
 */
export function DataTable<T, Code extends string = never>({
  label,
  columns,
  rows: given,
  keyOf,
  sorting,
  onSort,
  total,
  further,
}: {
  label: string;
  columns: readonly Column<T, Code>[];
  rows: readonly T[];
  keyOf(row: T): string;
  sorting?: Sorting<Code>;
  onSort?(sorting: Sorting<Code>): void;
  total?: number;
  further?: Further | undefined;
}) {
  // each scroll comes by here: what only depends on the rows is not done again
  // oxlint-disable-next-line react/exhaustive-deps
  const rows = useMemo(() => once(given, keyOf), [given]);
  const { body, inSight, before, after, measure, show } = useRowsInSight(rows.length);
  const goTo = (target: number) =>
    show(Math.max(0, Math.min(rows.length - 1, target)), (row) => row.querySelector<HTMLElement>('a, button')?.focus());
  return (
    <>
      <div className="table-frame">
        <table className="table data-table" aria-label={label} aria-rowcount={(total ?? rows.length) + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((column) => (
                <Heading key={column.key} column={column} sorting={sorting} onSort={onSort} />
              ))}
            </tr>
          </thead>
          {/* keys go from row to row on top of what their links and buttons do */}
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
          <tbody ref={body} onKeyDown={(event) => onArrow(event, goTo)}>
            <Gap height={before} columns={columns.length} />
            {inSight.map((index) => {
              const row = rows[index];
              return (
                row !== undefined && (
                  <Row key={keyOf(row)} measure={measure} index={index} row={row} columns={columns} />
                )
              );
            })}
            <Gap height={after} columns={columns.length} />
          </tbody>
        </table>
      </div>
      {further && <More further={further} />}
    </>
  );
}

interface RowProps<T, Code extends string> {
  readonly measure: RefCallback<HTMLTableRowElement> | undefined;
  readonly index: number;
  readonly row: T;
  readonly columns: readonly Column<T, Code>[];
}

function PlainRow<T, Code extends string>({ measure, index, row, columns }: RowProps<T, Code>) {
  return (
    <tr ref={measure} data-index={index} aria-rowindex={index + 2}>
      {columns.map((column, place) => (
        <Cell key={column.key} column={column} row={row} isName={place === 0} />
      ))}
    </tr>
  );
}

/** Stays as it is while one scrolls, as long as its columns are the same. */
const Row = memo(PlainRow) as typeof PlainRow;

/** Rows that moved on between one page and the next come twice. */
function once<T>(rows: readonly T[], keyOf: (row: T) => string): readonly T[] {
  const known = new Map(rows.map((row) => [keyOf(row), row]));
  return known.size === rows.length ? rows : [...known.values()];
}

function Heading<T, Code extends string>({
  column: { title, isTitleHidden, sortBy, align, width },
  sorting,
  onSort,
}: {
  column: Column<T, Code>;
  sorting: Sorting<Code> | undefined;
  onSort: ((sorting: Sorting<Code>) => void) | undefined;
}) {
  const shared = { scope: 'col', className: align && 'cell-end', style: width ? { width } : undefined } as const;
  if (isTitleHidden) {
    return (
      <th {...shared}>
        <span className="hidden-visually">{title}</span>
      </th>
    );
  }
  if (sortBy === undefined || !onSort) return <th {...shared}>{title}</th>;
  const isSorted = sorting?.by === sortBy;
  const isDescending = isSorted && sorting.isDescending;
  const Arrow = isSorted ? (isDescending ? ArrowDown : ArrowUp) : ArrowUpDown;
  return (
    <th {...shared} aria-sort={isSorted ? (isDescending ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        className="sort-button"
        // words begin at their beginning, amounts at the largest
        onClick={() => onSort({ by: sortBy, isDescending: isSorted ? !isDescending : align === 'end' })}
      >
        {title}
        <Arrow size={14} aria-hidden="true" />
      </button>
    </th>
  );
}

function Cell<T, Code extends string>({ column, row, isName }: { column: Column<T, Code>; row: T; isName: boolean }) {
  if (isName) return <th scope="row">{column.cell(row)}</th>;
  if (column.isTitleHidden) return <td className="cell-actions">{column.cell(row)}</td>;
  return (
    <td data-label={column.title} className={column.align && 'cell-end'}>
      {column.cell(row)}
    </td>
  );
}

/** Holds the place of rows that are out of sight. */
const Gap = ({ height, columns }: { height: number; columns: number }) =>
  height > 0 && (
    <tr className="table-gap" aria-hidden="true">
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label */}
      <td colSpan={columns} style={{ height }} />
    </tr>
  );

/** Asks for more by itself when the end of the table comes in sight; a button for where that is not seen. */
function More({ further }: { further: Further }) {
  const text = useText();
  const place = useRef<HTMLDivElement>(null);
  const { isBusy, error, load } = further;
  const isReady = !isBusy && !error;
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  }, [load]);
  useEffect(() => {
    if (!isReady || !place.current) return undefined;
    const watch = new IntersectionObserver(([seen]) => seen?.isIntersecting && latest.current(), {
      rootMargin: '600px',
    });
    watch.observe(place.current);
    return () => watch.disconnect();
  }, [isReady]);
  return (
    <div ref={place} className="stack">
      {error && <Failure error={error} />}
      <Button isBusy={isBusy} onClick={load}>
        {text('table.more')}
      </Button>
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity,
};

/** From what names a row to what names another one; keys in menus and dialogs of a row are left alone. */
function onArrow(event: KeyboardEvent<HTMLElement>, goTo: (target: number) => void): void {
  const step = STEPS[event.key];
  const name = event.target instanceof HTMLElement ? event.target.closest('th') : null;
  const row = name?.closest('tr');
  if (step === undefined || !row || event.defaultPrevented) return;
  event.preventDefault();
  goTo(Number(row.dataset['index']) + step);
}
