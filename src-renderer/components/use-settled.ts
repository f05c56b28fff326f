import { useEffect, useState } from 'react';

const PAUSE = 250;

/** `value`, once it has not changed for a moment: for questions about something still being typed. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
