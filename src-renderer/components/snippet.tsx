import { useId } from 'react';
import { CopyButton } from './copy-field.js';

/** Lines to put into a file or to run: shown as they are, with a button that copies them. */
export function Snippet({ label, file, text }: { label: string; file?: string; text: string }) {
  const id = useId();
  return (
    <figure className="snippet">
      <figcaption className="snippet-head">
        <span id={id}>
          {label}
          {file !== undefined && (
            <>
              {' '}
              <code className="breakable small" dir="ltr">
                {file}
              </code>
            </>
          )}
        </span>
        <CopyButton value={text} what={label} />
      </figcaption>
      {/* whoever uses the keyboard must be able to scroll it */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className="snippet-text" dir="ltr" tabIndex={0} role="group" aria-labelledby={id}>
        {text}
      </pre>
    </figure>
  );
}
