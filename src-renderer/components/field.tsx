import { type ComponentProps, type ReactNode, useId } from 'react';

interface FieldWords {
  readonly label: string;
  readonly hint?: ReactNode;
  /** what is wrong, in a sentence; the field is marked with it */
  readonly error?: string;
  /** worth knowing, nothing wrong */
  readonly note?: ReactNode;
}

/** A labelled line of text with its hint and its error, tied together for screen readers. */
export function TextField({
  label,
  hint,
  error,
  note,
  after,
  ...rest
}: FieldWords & Omit<ComponentProps<'input'>, 'className'> & { after?: ReactNode }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <div className="field-line">
        <input
          {...rest}
          id={id}
          className="input"
          aria-invalid={error ? true : undefined}
          aria-describedby={`${hint ? `${id}-hint ` : ''}${id}-said`}
        />
        {after}
      </div>
      <div id={`${id}-said`} aria-live="polite" className="field-said">
        {error && <p className="field-error">{error}</p>}
        {!error && note && <p className="field-note">{note}</p>}
      </div>
    </div>
  );
}

/** A labelled choice of one of a few. */
export function SelectField({
  label,
  hint,
  children,
  ...rest
}: Pick<FieldWords, 'label' | 'hint'> & Omit<ComponentProps<'select'>, 'className'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <select {...rest} id={id} className="input select" aria-describedby={hint ? `${id}-hint` : undefined}>
        {children}
      </select>
    </div>
  );
}

/** A box to tick, with its words beside it. */
export function CheckField({
  label,
  hint,
  ...rest
}: { label: ReactNode; hint?: ReactNode } & Omit<ComponentProps<'input'>, 'className' | 'type'>) {
  const id = useId();
  return (
    <div className="check">
      <input {...rest} type="checkbox" id={id} aria-describedby={hint ? `${id}-hint` : undefined} />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p className="field-hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
