import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type RefCallback, type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** Tables this short are in the page whole. */
const SHORT = 60;
const ROW = 64;
const BEYOND = 5;

/** Which rows of a long table are in the page. */
export interface RowsInSight {
  /** for the element that holds the rows */
  readonly body: RefObject<HTMLTableSectionElement | null>;
  readonly inSight: readonly number[];
  /** height of what is left out above, in pixels */
  readonly before: number;
  readonly after: number;
  /** for each row: its height is what it turns out to be */
  readonly measure: RefCallback<HTMLTableRowElement> | undefined;
  /** Scrolls to a row and tells when it is in the page. */
  show(index: number, then: (row: HTMLElement) => void): void;
}

/** Follows the page's scrolling, and tells which of `count` rows are in sight or nearly. */
export function useRowsInSight(count: number): RowsInSight {
  const body = useRef<HTMLTableSectionElement>(null);
  const top = useTopOf(body);
  const isLong = count > SHORT;
  // its functions change what they answer: they stay in this hook
  // oxlint-disable-next-line react/incompatible-library
  const rows = useWindowVirtualizer({
    count,
    estimateSize: () => ROW,
    overscan: BEYOND,
    scrollMargin: top,
    enabled: isLong,
  });
  const find = (index: number) => body.current?.querySelector<HTMLElement>(`:scope > tr[data-index="${index}"]`);
  const show: RowsInSight['show'] = (index, then) => {
    const known = find(index);
    if (known) return then(known);
    rows.scrollToIndex(index, { align: 'auto' });
    waitFor(() => find(index), then);
  };
  if (!isLong) return { body, inSight: upTo(count), before: 0, after: 0, measure: undefined, show };
  const items = rows.getVirtualItems();
  const first = items[0]?.start ?? top;
  const last = items.at(-1)?.end ?? top;
  return {
    body,
    inSight: items.map(({ index }) => index),
    before: Math.max(0, first - top),
    after: Math.max(0, rows.getTotalSize() - (last - top)),
    measure: rows.measureElement,
    show,
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** How far below the top of the page an element begins; what stands above it comes and goes. */
function useTopOf(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const look = () => {
      if (element.current) setTop(Math.round(element.current.getBoundingClientRect().top + window.scrollY));
    };
    look();
    const watch = new ResizeObserver(look);
    watch.observe(document.body);
    return () => watch.disconnect();
  }, [element]);
  return top;
}

const TRIES = 10;

/** A row that was scrolled to is in the page a few frames later. */
function waitFor(find: () => HTMLElement | null | undefined, then: (row: HTMLElement) => void, tries = TRIES): void {
  requestAnimationFrame(() => {
    const row = find();
    if (row) return then(row);
    if (tries > 0) waitFor(find, then, tries - 1);
  });
}
