import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'className'> {
  /** one `primary` a page: what most people want to do next */
  readonly kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: LucideIcon;
  /** the icon comes after the words: for going on */
  readonly iconAfter?: boolean;
  readonly isBusy?: boolean;
  readonly children: ReactNode;
}

/** A button with words. While busy it keeps its place and its focus, and does nothing. */
export function Button({
  kind = 'plain',
  icon: Icon,
  iconAfter = false,
  isBusy = false,
  children,
  onClick,
  type,
  ...rest
}: ButtonProps) {
  const picture = isBusy ? (
    <span className="spinner" aria-hidden="true" />
  ) : (
    Icon && <Icon size={18} aria-hidden="true" />
  );
  return (
    <button
      {...rest}
      type={type ?? 'button'}
      className={`button button-${kind}`}
      aria-disabled={isBusy || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : onClick}
    >
      {!iconAfter && picture}
      <span>{children}</span>
      {iconAfter && picture}
    </button>
  );
}

/** A button that is only an icon; its words are for those who hear it and for the tooltip. */
export function IconButton({
  icon: Icon,
  label,
  ...rest
}: Omit<ComponentProps<'button'>, 'className' | 'children'> & { icon: LucideIcon; label: string }) {
  return (
    <button type="button" {...rest} className="icon-button" aria-label={label} title={label}>
      <Icon size={18} aria-hidden="true" />
    </button>
  );
}
