import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, type RefObject, useRef } from 'react';
import { useText } from '../text/use-text.js';
import { IconButton } from './button.js';

/**
 * A dialog: holds the focus and gives it back, and Esc closes it without doing anything. The veil is our own element:
 * the library's writes a style sheet into the page, which the console's policy forbids.
 *
 * @param opener where the focus goes when it closes, unless that is what had it before
 */
export function Dialog({
  title,
  description,
  isOpen,
  onClose,
  children,
  opener,
}: {
  title: string;
  description?: ReactNode;
  isOpen: boolean;
  onClose(): void;
  children: ReactNode;
  opener?: RefObject<HTMLElement | null>;
}) {
  const text = useText();
  const before = useRef<Element>(null);
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <div className="veil">
          <Radix.Content
            className="dialog"
            aria-describedby={undefined}
            onOpenAutoFocus={() => {
              before.current = document.activeElement;
            }}
            onCloseAutoFocus={(event) => {
              event.preventDefault();
              giveBack(opener?.current, before.current);
            }}
          >
            <header className="dialog-head">
              <Radix.Title className="dialog-title">{title}</Radix.Title>
              <Radix.Close asChild>
                <IconButton icon={X} label={text('action.close')} />
              </Radix.Close>
            </header>
            {description && <div className="dialog-text soft">{description}</div>}
            {children}
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The first of `places` that is still there; else the page's heading, which is where a page begins. */
function giveBack(...places: readonly (Element | null | undefined)[]): void {
  const place = places.find((each) => each?.isConnected && each !== document.body) ?? document.querySelector('h1');
  if (place instanceof HTMLElement) place.focus();
}
