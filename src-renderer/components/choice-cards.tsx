import type { LucideIcon } from 'lucide-react';
import { type ReactNode, useId } from 'react';

export interface Choice<T extends string> {
  readonly value: T;
  readonly icon?: LucideIcon;
  readonly title: string;
  readonly text?: ReactNode;
}

/** One of a few big choices: radio buttons that look like cards, with the keyboard of radio buttons. */
export function ChoiceCards<T extends string>({
  legend,
  hideLegend = false,
  choices,
  value,
  onChange,
}: {
  legend: string;
  hideLegend?: boolean;
  choices: readonly Choice<T>[];
  value: T | undefined;
  onChange(value: T): void;
}) {
  const name = useId();
  return (
    <fieldset className="choices">
      <legend className={hideLegend ? 'hidden-visually' : undefined}>{legend}</legend>
      {choices.map(({ value: own, icon: Icon, title, text }) => (
        <label key={own} className="choice">
          <input type="radio" name={name} value={own} checked={own === value} onChange={() => onChange(own)} />
          {Icon && <Icon className="choice-icon" size={26} aria-hidden="true" />}
          <span className="stack-tight">
            <span className="choice-title">{title}</span>
            {text && <span className="choice-text">{text}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** The same for short words, in one line. */
export function ChoiceLine<T extends string>({
  legend,
  choices,
  value,
  onChange,
}: {
  legend: string;
  choices: readonly { readonly value: T; readonly title: string; readonly lang?: string }[];
  value: T;
  onChange(value: T): void;
}) {
  const name = useId();
  return (
    <fieldset className="choice-line">
      <legend>{legend}</legend>
      <div className="choice-line-body">
        {choices.map(({ value: own, title, lang }) => (
          <label key={own}>
            <input type="radio" name={name} value={own} checked={own === value} onChange={() => onChange(own)} />
            <span lang={lang}>{title}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
