import { useEffect, useState } from 'react';

const HALF_MINUTE = 30_000;

/** The time (ms since the epoch), as fresh as words like "3 minutes ago" need it. */
export function useNow(every = HALF_MINUTE): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
