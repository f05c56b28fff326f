/** Amounts and times as words; what writes them is made once, for making one takes longer than using it. */
export interface Quantities {
  bytes(value: number): string;
  /** `3 minutes ago`, `in 2 days` */
  relative(at: number, now: number): string;
  /** `2 days, 3 hours` */
  duration(length: number): string;
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

const STEPS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const;

export function createQuantities(language: string): Quantities {
  const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const units = new Map<string, Intl.NumberFormat>();
  const inUnit = (unit: string, unitDisplay: 'short' | 'long', maximumFractionDigits: number) => {
    const key = `${unit} ${unitDisplay} ${maximumFractionDigits}`;
    const known = units.get(key);
    if (known) return known;
    const made = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay, maximumFractionDigits });
    units.set(key, made);
    return made;
  };
  return {
    bytes(value) {
      const power = Math.min(BYTE_UNITS.length - 1, value < 1000 ? 0 : Math.floor(Math.log10(value) / 3));
      const scaled = value / 1000 ** power;
      return inUnit(BYTE_UNITS[power] ?? 'byte', 'short', scaled < 10 && power > 0 ? 1 : 0).format(scaled);
    },
    relative(at, now) {
      const difference = at - now;
      const [unit, length] = STEPS.find(([, length]) => Math.abs(difference) >= length) ?? STEPS[3];
      return words.format(Math.round(difference / length), unit);
    },
    duration: (length) =>
      partsOf(length)
        .map(({ count, unit }) => inUnit(unit, 'long', 0).format(count))
        .join(', '),
  };
}

/** The largest unit that fits, and the next smaller one. */
function partsOf(length: number): { count: number; unit: string }[] {
  const index = Math.max(
    0,
    STEPS.findIndex(([, step]) => length >= step),
  );
  const first = length < 1000 ? 3 : index;
  let rest = length;
  return STEPS.slice(first, first + 2)
    .map(([unit, step]) => {
      const count = Math.floor(rest / step);
      rest -= count * step;
      return { count, unit };
    })
    .filter(({ count }, position) => count > 0 || position === 0);
}
