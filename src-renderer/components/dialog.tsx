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
            onOpenAutoFocus={(event) => {
              event.preventDefault();
              before.current = document.activeElement;
              begin(event.currentTarget);
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

/** The focus goes to the first field, or to the dialog itself: never to a button that Enter would press by mistake. */
function begin(dialog: EventTarget | null): void {
  if (!(dialog instanceof HTMLElement)) return;
  const field = dialog.querySelector<HTMLElement>('input, select, textarea');
  (field ?? dialog).focus();
}

/** The first of `places` that is still there; else the page's heading, which is where a page begins. */
function giveBack(...places: readonly (Element | null | undefined)[]): void {
  const place = places.find((each) => each?.isConnected && each !== document.body) ?? document.querySelector('h1');
  if (place instanceof HTMLElement) place.focus();
}
