/** How much of something is used, as a bar; the words beside it say the same. */
export function Meter({ value, most, label }: { value: number; most: number; label: string }) {
  const share = most > 0 ? Math.min(1, value / most) : 0;
  return (
    <svg className="meter" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect className="meter-all" width="100" height="6" rx="3" />
      <rect
        className={share > 0.9 ? 'meter-used meter-full' : 'meter-used'}
        width={Math.max(1.5, share * 100)}
        height="6"
        rx="3"
      />
    </svg>
  );
}
