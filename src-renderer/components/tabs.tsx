import type { LucideIcon } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';
import { Link, useLocation } from 'wouter';

/** A tab is a place of its own: it has an address, so that it can be linked to and gone back to. */
export interface Tab {
  readonly path: string;
  readonly title: string;
  readonly icon?: LucideIcon;
}

/**
 * Several views of one thing, one at a time. The arrow keys, Home and End go from tab to tab; Tab goes on to the view.
 *
 * @param label what the tabs are of, for those who hear them
 * @param current the path of the tab that is shown
 */
export function Tabs({
  label,
  tabs,
  current,
  children,
}: {
  label: string;
  tabs: readonly Tab[];
  current: string;
  children: ReactNode;
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [, go] = useLocation();
  const onKeyDown = (event: KeyboardEvent) => {
    const here = tabs.findIndex(({ path }) => path === current);
    const target = tabs[targetOf(event, here, tabs.length) ?? -1];
    if (!target) return;
    event.preventDefault();
    go(target.path);
    list.current?.querySelectorAll<HTMLElement>('[role="tab"]')[tabs.indexOf(target)]?.focus();
  };
  const selected = tabs.findIndex(({ path }) => path === current);
  return (
    <>
      {/* one of the tabs has the focus, never the list */}
      {/* oxlint-disable-next-line jsx-a11y/interactive-supports-focus */}
      <div ref={list} className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map(({ path, title, icon: Icon }, index) => (
          <Link
            key={path}
            id={`${id}-${index}`}
            href={path}
            role="tab"
            tabIndex={index === selected ? 0 : -1}
            aria-selected={index === selected}
            aria-controls={index === selected ? `${id}-panel` : undefined}
          >
            {Icon && <Icon size={18} aria-hidden="true" />}
            {title}
          </Link>
        ))}
      </div>
      <div id={`${id}-panel`} className="tab-panel" role="tabpanel" aria-labelledby={`${id}-${selected}`}>
        {children}
      </div>
    </>
  );
}

/** Right to left, the left arrow goes on. */
function targetOf({ key, currentTarget }: KeyboardEvent, here: number, count: number): number | undefined {
  const isReversed = getComputedStyle(currentTarget).direction === 'rtl';
  const [on, back] = isReversed ? ['ArrowLeft', 'ArrowRight'] : ['ArrowRight', 'ArrowLeft'];
  if (key === on) return (here + 1) % count;
  if (key === back) return (here - 1 + count) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}
