import type { LucideIcon } from 'lucide-react';
import type { FormEvent } from 'react';
import { Button } from './button.js';
import { ServerNameField } from './server-name-field.js';

/** Asks for the name of a server, or a pattern of names, and does one thing with it. Nothing happens while it is empty. */
export function ServerNameForm({
  label,
  hint,
  action,
  icon,
  value,
  onChange,
  onSubmit,
}: {
  label: string;
  hint: string;
  /** the words of its button */
  action: string;
  icon: LucideIcon;
  value: string;
  onChange(value: string): void;
  /** gets the name without spaces around it */
  onSubmit(name: string): void;
}) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const name = value.trim();
    if (name !== '') onSubmit(name);
  };
  return (
    <form className="stack" onSubmit={submit}>
      <ServerNameField
        label={label}
        hint={hint}
        value={value}
        onChange={onChange}
        after={
          <Button type="submit" icon={icon}>
            {action}
          </Button>
        }
      />
    </form>
  );
}
