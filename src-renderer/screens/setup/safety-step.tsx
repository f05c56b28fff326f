import { CheckField, SelectField } from '../../components/field.js';
import { Notice } from '../../components/notice.js';
import { useText } from '../../text/use-text.js';
import type { StepProps } from './answers.js';
import { StepPage } from './step-page.js';

const GB = 1_000_000_000;
const BUDGETS = { small: 0.5 * GB, usual: 2 * GB, large: 10 * GB, any: null } as const;
type Budget = keyof typeof BUDGETS;

/** What people may do, and what the server does for them; each with what follows from it. */
export function SafetyStep({ answers, change, onNext, onBack }: StepProps) {
  const text = useText();
  const { safety } = answers;
  const set = (part: Partial<typeof safety>) => change({ safety: { ...safety, ...part } });
  const budget = (Object.keys(BUDGETS) as Budget[]).find((key) => BUDGETS[key] === safety.dailyUpload) ?? 'usual';
  return (
    <StepPage
      title={text('safety.title')}
      lead={text('safety.lead')}
      why={text('safety.why')}
      onNext={onNext}
      onBack={onBack}
    >
      <Notice tone="good" title={text('safety.invitations')}>
        {text('safety.invitations-text')}
      </Notice>
      <CheckField
        label={text('safety.previews')}
        hint={text('safety.previews-hint')}
        checked={safety.linkPreviews}
        onChange={(event) => set({ linkPreviews: event.target.checked })}
      />
      <CheckField
        label={text('safety.presence')}
        hint={text('safety.presence-hint')}
        checked={safety.presence}
        onChange={(event) => set({ presence: event.target.checked })}
      />
      <SelectField
        label={text('safety.budget')}
        hint={text('safety.budget-hint')}
        value={budget}
        onChange={(event) => set({ dailyUpload: BUDGETS[event.target.value as Budget] })}
      >
        {(Object.keys(BUDGETS) as Budget[]).map((key) => (
          <option key={key} value={key}>
            {BUDGETS[key] === null
              ? text('safety.budget-any')
              : text('safety.budget-day', { size: text.bytes(BUDGETS[key]) })}
          </option>
        ))}
      </SelectField>
    </StepPage>
  );
}
