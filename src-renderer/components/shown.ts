const LONGEST = 64;

/** What strangers wrote as it is safe to show: no control or direction marks, and not long. */
export function shown(words: string, longest = LONGEST): string {
  const clean = [...words]
    .filter((letter) => !/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u.test(letter))
    .join('')
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
}
