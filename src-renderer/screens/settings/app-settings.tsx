import type { ReactNode } from 'react';
import { Notice } from '../../components/notice.js';
import { useControl } from '../../control/use-control.js';
import { type TextKey, useText } from '../../text/use-text.js';

/** What only the desktop app can do on its computer; in a browser it says so, and what to do instead. */
export function OnlyInApp({ elsewhere, children }: { elsewhere: TextKey; children: ReactNode }) {
  const text = useText();
  const { isDesktop } = useControl();
  if (isDesktop) return children;
  return (
    <Notice tone="info" title={text('settings.desktop-only')}>
      {text(elsewhere)}
    </Notice>
  );
}
