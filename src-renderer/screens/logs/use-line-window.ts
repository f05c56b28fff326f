import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useState } from 'react';

const BEYOND = 10;

/** A row that is in the page, and how far down it begins. */
export interface PlacedLine {
  readonly index: number;
  readonly start: number;
}

/** Which of very many lines are in the page. */
export interface LineWindow {
  readonly placed: readonly PlacedLine[];
  /** of all lines, in pixels */
  readonly height: number;
  readonly measure: ((element: HTMLElement | null) => void) | undefined;
  /** Scrolls no further than it must; `end`: until the line is the last in sight. */
  show(index: number, align?: 'auto' | 'end'): void;
}

/**
 * Lines that are all of one height need no measuring: what is in sight is a division, however many there are. Wrapped
 * lines are measured as they come into sight.
 */
export function useLineWindow(
  frame: RefObject<HTMLElement | null>,
  count: number,
  row: number,
  isWrapped: boolean,
  /** the element is in the page */
  isThere: boolean,
): LineWindow {
  // its functions change what they answer: they stay in this hook
  // oxlint-disable-next-line react/incompatible-library
  const wrapped = useVirtualizer({
    count: isWrapped ? count : 0,
    getScrollElement: () => frame.current,
    estimateSize: () => row,
    overscan: BEYOND,
    enabled: isWrapped,
  });
  const { top, height } = useScroll(frame, !isWrapped && isThere);
  const show = useCallback(
    (index: number, align: 'auto' | 'end' = 'auto') => {
      const box = frame.current;
      if (!box) return;
      const [start, end] = [index * row, (index + 1) * row - box.clientHeight];
      if (align === 'end' || end > box.scrollTop) box.scrollTo(0, Math.max(0, end));
      else if (start < box.scrollTop) box.scrollTo(0, start);
    },
    [frame, row],
  );
  if (isWrapped) {
    return {
      placed: wrapped.getVirtualItems(),
      height: wrapped.getTotalSize(),
      measure: wrapped.measureElement,
      show: (index, align = 'auto') => wrapped.scrollToIndex(index, { align }),
    };
  }
  const first = Math.max(0, Math.floor(top / row) - BEYOND);
  const last = Math.min(count, Math.ceil((top + height) / row) + BEYOND);
  const placed = Array.from({ length: Math.max(0, last - first) }, (_, step) => ({
    index: first + step,
    start: (first + step) * row,
  }));
  return { placed, height: count * row, measure: undefined, show };
}

/** Where an element is scrolled to, and how much of it is in sight. */
function useScroll(frame: RefObject<HTMLElement | null>, isOn: boolean): { top: number; height: number } {
  const [place, setPlace] = useState({ top: 0, height: 800 });
  useEffect(() => {
    const box = frame.current;
    if (!box || !isOn) return undefined;
    const look = () =>
      setPlace((before) =>
        before.top === box.scrollTop && before.height === box.clientHeight
          ? before
          : { top: box.scrollTop, height: box.clientHeight },
      );
    look();
    box.addEventListener('scroll', look, { passive: true });
    const sizes = new ResizeObserver(look);
    sizes.observe(box);
    return () => {
      box.removeEventListener('scroll', look);
      sizes.disconnect();
    };
  }, [frame, isOn]);
  return place;
}
