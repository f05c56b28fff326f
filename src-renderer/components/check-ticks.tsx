import { useText } from '../text/use-text.js';
import { type CheckLine, LOOKS } from './check-list.js';

/** Checks of which there is little to say: a mark, a title, and a word where it is not simply fine. */
export function CheckTicks({
  label,
  lines,
}: {
  label: string;
  lines: readonly Pick<CheckLine, 'id' | 'title' | 'state' | 'what'>[];
}) {
  const text = useText();
  return (
    <ul className="ticks" aria-label={label}>
      {lines.map(({ id, title, state, what }) => {
        const { tone, icon: Icon } = LOOKS[state];
        return (
          <li key={id} className={`tick tick-${tone}`} data-state={state} title={what}>
            <Icon size={18} aria-hidden="true" />
            <span>
              {title}
              <span className={state === 'ok' ? 'hidden-visually' : 'small soft'}> {text(`check.state-${state}`)}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
