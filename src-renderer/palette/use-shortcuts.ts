import { useEffect } from 'react';

export interface Shortcuts {
  /** Ctrl or Cmd with K */
  onPalette(): void;
  /** a question mark, where nothing is being typed */
  onHelp(): void;
}

/** What the landmarks of a screen are, in the order that F6 goes round. */
const REGIONS = '.nav a[aria-current], main#main';

/** The keys that work on every screen; none of them changes anything on the server. */
export function useShortcuts({ onPalette, onHelp }: Shortcuts): void {
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      const isDialogOpen = document.querySelector('[role="dialog"]') !== null;
      if (isDialogOpen) return;
      if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey) onPalette();
      else if (event.key === 'F6') nextRegion(event.shiftKey);
      else if (event.key === '?' && !isTyping(event.target)) onHelp();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', hear);
    return () => document.removeEventListener('keydown', hear);
  }, [onPalette, onHelp]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

function nextRegion(isBack: boolean): void {
  const regions = [...document.querySelectorAll<HTMLElement>(REGIONS)];
  const here = regions.findIndex((region) => region.contains(document.activeElement));
  const step = isBack ? -1 : 1;
  regions[(here + step + regions.length) % regions.length]?.focus();
}
