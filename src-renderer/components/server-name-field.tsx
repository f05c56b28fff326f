import type { KeyboardEvent, ReactNode } from 'react';
import { TextField } from './field.js';

const LONGEST_NAME = 255;

/** The name of a server, or a pattern of names, as it is: nothing corrects it, and it reads from left to right. */
export function ServerNameField({
  onChange,
  ...field
}: {
  label: string;
  hint?: string;
  value: string;
  after: ReactNode;
  onKeyDown?(event: KeyboardEvent<HTMLInputElement>): void;
  onChange(value: string): void;
}) {
  return (
    <TextField
      {...field}
      onChange={(event) => onChange(event.target.value)}
      maxLength={LONGEST_NAME}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      dir="ltr"
    />
  );
}
