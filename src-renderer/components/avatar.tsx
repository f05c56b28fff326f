const HUES = 6;

/** The first letter of a name on a colour that stays the same for that name. */
export function Avatar({ name }: { name: string }) {
  const hue = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % HUES;
  return (
    <span className={`avatar avatar-${hue}`} aria-hidden="true">
      {[...name][0]?.toUpperCase() ?? '?'}
    </span>
  );
}
