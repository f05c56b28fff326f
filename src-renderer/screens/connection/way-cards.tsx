import { Check, CircleCheck, Globe, House, Info, Minus, Server, TriangleAlert, Waypoints } from 'lucide-react';
import type { ReachMark, SetupMode } from '../../../src-main/control/contract.js';
import { ChoiceCards } from '../../components/choice-cards.js';
import { useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

export type Way = Exclude<SetupMode, 'try'>;

const WAYS: readonly { value: Way; icon: typeof House }[] = [
  { value: 'home', icon: House },
  { value: 'direct', icon: Globe },
  { value: 'proxy', icon: Server },
  { value: 'tunnel', icon: Waypoints },
];
const MARK_ICONS = { good: CircleCheck, info: Info, warn: TriangleAlert } as const;

/** Who should reach the server: four ways, what each can do, and what this computer's network says to it. */
export function WayCards({ value, onChange }: { value: Way | undefined; onChange(way: Way): void }) {
  const text = useText();
  const seen = useQuery('connection.surroundings', undefined);
  const marks = seen.state === 'ready' ? seen.value.marks : [];
  return (
    <ChoiceCards
      legend={text('ways.question')}
      hideLegend
      value={value}
      onChange={onChange}
      choices={WAYS.map(({ value: way, icon }) => ({
        value: way,
        icon,
        title: text(`ways.${way}`),
        text: <WayFacts way={way} marks={marks.filter(({ mode }) => mode === way)} />,
      }))}
    />
  );
}

function WayFacts({ way, marks }: { way: Way; marks: readonly ReachMark[] }) {
  const text = useText();
  return (
    <>
      <span>{text(`ways.${way}-text`)}</span>
      <span className="way-facts">
        <span className="way-fact way-works">
          <Check size={16} aria-hidden="true" />
          <span>{text(`ways.${way}-works`)}</span>
        </span>
        <span className="way-fact way-not">
          <Minus size={16} aria-hidden="true" />
          <span>{text(`ways.${way}-not`)}</span>
        </span>
      </span>
      {marks.map((mark) => (
        <Mark key={mark.code} mark={mark} />
      ))}
    </>
  );
}

function Mark({ mark: { tone, code, fields } }: { mark: ReachMark }) {
  const text = useText();
  const Icon = MARK_ICONS[tone];
  return (
    <span className={`way-mark way-mark-${tone}`}>
      <Icon size={16} aria-hidden="true" />
      <span>{text(`ways.mark-${code}`, fields)}</span>
    </span>
  );
}
