import type { RefObject } from 'react';
import type { Person } from '../../../src-main/control/contract.js';

/** What every dialog about one person gets. */
export interface PersonDialog {
  readonly person: Person;
  /** what opened it: gets the focus back */
  readonly opener: RefObject<HTMLElement | null>;
  readonly isOpen: boolean;
  onClose(): void;
}
