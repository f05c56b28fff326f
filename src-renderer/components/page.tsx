import { type ReactNode, useEffect, useRef } from 'react';
import { useText } from '../text/use-text.js';

/** One screen: its only h1, what it is for, what can be done here, and the rest. Takes the focus when it appears. */
export function Page({
  title,
  lead,
  actions,
  children,
  wide = false,
  isName = false,
}: {
  title: string;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  wide?: boolean;
  /** the title is what somebody is called, and no words of ours */
  isName?: boolean;
}) {
  const text = useText();
  const heading = useFocusOnArrival();
  useEffect(() => {
    document.title = text('app.title', { page: title });
  }, [text, title]);
  return (
    <div className={wide ? 'page page-wide' : 'page'}>
      <header className="page-head">
        <div className="stack-tight">
          <h1 ref={heading} tabIndex={-1}>
            {isName ? <bdi className="breakable">{title}</bdi> : title}
          </h1>
          {lead && <p className="soft">{lead}</p>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** Moves the focus to a heading when its page appears, so that keyboards and screen readers begin at the top. */
export function useFocusOnArrival() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return heading;
}
