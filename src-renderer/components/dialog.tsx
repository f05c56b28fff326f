import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useText } from '../text/use-text.js';
import { IconButton } from './button.js';

/**
 * A dialog: holds the focus and gives it back, and Esc closes it without doing anything. The veil is our own element:
 * the library's writes a style sheet into the page, which the console's policy forbids.
 */
export function Dialog({
  title,
  description,
  isOpen,
  onClose,
  children,
  wide = false,
}: {
  title: string;
  description?: ReactNode;
  isOpen: boolean;
  onClose(): void;
  children: ReactNode;
  wide?: boolean;
}) {
  const text = useText();
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <div className="veil">
          <Radix.Content className={wide ? 'dialog dialog-wide' : 'dialog'} aria-describedby={undefined}>
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
