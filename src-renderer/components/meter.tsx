/** How much of something is used, as a bar; the words beside it say the same. */
export function Meter({
  value,
  most,
  label,
  tone = 'filling',
}: {
  value: number;
  most: number;
  label: string;
  /** `plain` where being full is good */
  tone?: 'filling' | 'plain';
}) {
  const share = most > 0 ? Math.min(1, value / most) : 0;
  return (
    <svg className="meter" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect className="meter-all" width="100" height="6" rx="3" />
      <rect
        className={share > 0.9 && tone === 'filling' ? 'meter-used meter-full' : 'meter-used'}
        width={Math.max(1.5, share * 100)}
        height="6"
        rx="3"
      />
    </svg>
  );
}
