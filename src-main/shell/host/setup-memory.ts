import { mkdirSync, readFileSync } from 'node:fs';
import type { SetupDraft, SetupMode, SetupPage } from '../../control/contract.js';
import { writeFileAtomically } from '../../config/write-file.js';
import type { Locations } from './locations.js';

/** The wizard's pages after the server is made. */
const LATER: readonly SetupPage[] = ['kit', 'running', 'check', 'done'];

/** What the wizard was told and how far it came, in a file of its own. Nothing in it is a setting. */
export class SetupMemory {
  constructor(private readonly locations: Pick<Locations, 'home' | 'draft'>) {}

  /** Nothing when somebody else wrote there. */
  draft(): SetupDraft {
    try {
      return JSON.parse(readFileSync(this.locations.draft, 'utf8')) as SetupDraft;
    } catch {
      return {};
    }
  }

  remember(draft: SetupDraft): void {
    mkdirSync(this.locations.home, { recursive: true, mode: 0o700 });
    writeFileAtomically(this.locations.draft, JSON.stringify(draft), 0o600);
  }

  /** The server is made; the pages after that are still to come. */
  made(mode: SetupMode, localpart: string): void {
    this.remember({ ...this.draft(), mode, localpart, page: mode === 'try' ? 'done' : 'kit' });
  }

  /** All pages were gone through. Which way was chosen is kept: two of them are configured alike. */
  complete(): void {
    const { mode } = this.draft();
    this.remember(mode ? { mode } : {});
  }

  isUnfinished(): boolean {
    const { page } = this.draft();
    return page !== undefined && LATER.includes(page);
  }
}
