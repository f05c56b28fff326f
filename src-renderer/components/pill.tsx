import type { LucideIcon } from 'lucide-react';
import type { Tone } from './notice.js';

/** A state in a word, with an icon as well as a colour. */
export function Pill({ tone, icon: Icon, children }: { tone: Tone | 'plain'; icon?: LucideIcon; children: string }) {
  return (
    <span className={`pill pill-${tone}`}>
      {Icon && <Icon size={14} aria-hidden="true" />}
      {children}
    </span>
  );
}
