import { EllipsisVertical, type LucideIcon } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { Ref } from 'react';
import { IconButton } from './button.js';

export interface MenuEntry {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly danger?: boolean;
  onSelect(): void;
}

/** What else can be done with a row. It stays in its place in the page, so that it lies within a landmark. */
export function RowMenu({
  ref,
  label,
  entries,
}: {
  ref?: Ref<HTMLButtonElement>;
  label: string;
  entries: readonly MenuEntry[];
}) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>
        <IconButton ref={ref} icon={EllipsisVertical} label={label} />
      </Radix.Trigger>
      <Radix.Content className="menu" align="end" sideOffset={4}>
        {entries.map(({ icon: Icon, label: words, danger, onSelect }) => (
          <Radix.Item key={words} className={danger ? 'menu-item menu-danger' : 'menu-item'} onSelect={onSelect}>
            <Icon size={18} aria-hidden="true" />
            {words}
          </Radix.Item>
        ))}
      </Radix.Content>
    </Radix.Root>
  );
}
