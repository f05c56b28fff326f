import type { DatabaseShrinking } from '../../maintenance/shrinking.js';
import type { DiskRung } from '../../storage/disk-room.js';
import type { RoomNames } from './rooms.js';

export type { DatabaseShrinking } from '../../maintenance/shrinking.js';
export type { DiskRung } from '../../storage/disk-room.js';

/** What lies on the disk, and what can be cleared away. */
export interface StorageProcedures {
  'storage.overview': { input: undefined; output: StorageOverview };
  'storage.cleanUpPreview': { input: CleanUpChoice; output: MediaSum };
  /** Begins to clear away. @throws M_UNKNOWN while another clean-up is under way */
  'storage.cleanUp': { input: CleanUpChoice; output: CleanUpRun };
  /** The newest first. */
  'storage.cleanUps': { input: undefined; output: CleanUpRun[] };
  'storage.cancelCleanUp': { input: undefined; output: undefined };
  /** Writes the limit into the configuration; it holds at once. `null`: none. */
  'storage.setLimit': { input: { limit: number | null }; output: undefined };
  /** Writes how long copies stay that nobody opens; it holds from the next start. `null`: for ever. */
  'storage.setLifetime': { input: { days: number | null }; output: undefined };
  'storage.database': { input: undefined; output: DatabaseRoom };
  /** Begins to write the database anew. @throws M_UNKNOWN while that is under way, and where a database server has it */
  'storage.shrink': { input: undefined; output: DatabaseShrinking };
  'storage.cancelShrink': { input: undefined; output: undefined };
  'media.list': { input: MediaListQuery; output: MediaPage };
  /** Takes a file out of everybody's sight, or shows it again. @throws M_NOT_FOUND */
  'media.quarantine': { input: MediaPlace & { on: boolean }; output: undefined };
  /** What is protected is neither cleared away nor taken out of sight. @throws M_NOT_FOUND */
  'media.protect': { input: { mediaId: string; on: boolean }; output: undefined };
  /** @throws M_NOT_FOUND */
  'media.remove': { input: MediaPlace; output: undefined };
}

export interface MediaSum {
  readonly count: number;
  readonly bytes: number;
}

/**
 * `messages`: rooms and what was said; `database`: the rest of it; `own`: files of people here; `copies`: of files of
 * others; `previews`: of pages that links lead to; `other`: what else lies in the server's folder.
 */
export type StoragePart = 'messages' | 'database' | 'own' | 'copies' | 'thumbnails' | 'previews' | 'logs' | 'other';

export type BudgetState = 'none' | 'fine' | 'near' | 'tight' | 'urgent' | 'full';

export interface StorageOverview {
  /** the largest first; those that take nothing are left out */
  readonly parts: readonly { readonly part: StoragePart; readonly bytes: number }[];
  readonly used: number;
  /** undefined where the disk cannot be asked */
  readonly disk:
    | { readonly folder: string; readonly free: number; readonly total: number; readonly rung: DiskRung }
    | undefined;
  /** undefined until it was measured for a day */
  readonly growth: { readonly perWeek: number; readonly weeksLeft: number | undefined } | undefined;
  readonly budget: { readonly limit: number | undefined; readonly used: number; readonly state: BudgetState };
  /** how long copies stay that nobody opens, in days; undefined: for ever */
  readonly lifetimeDays: number | undefined;
  readonly rooms: readonly (RoomNames & { readonly bytes: number })[];
  readonly people: readonly (MediaSum & { readonly userId: string })[];
  readonly servers: readonly (MediaSum & { readonly serverName: string })[];
}

/** The database: bytes. */
export interface DatabaseRoom {
  readonly bytes: number;
  /** undefined where a database server looks after all of it */
  readonly file:
    | {
        /** of `bytes`: room for what comes next */
        readonly free: number;
        /** it gives room back by itself */
        readonly givesBack: boolean;
        /** must be free on the disk to write it anew */
        readonly needed: number;
      }
    | undefined;
  /** the last since the server started */
  readonly shrinking: DatabaseShrinking | undefined;
}

export type CleanUpKind = 'copies' | 'own' | 'previews';

export interface CleanUpChoice {
  kind: CleanUpKind;
  /** not opened for so long; of previews it does not matter */
  days: number;
}

export interface CleanUpRun {
  readonly id: string;
  /** begun by the server, as the configuration says */
  readonly isAutomatic: boolean;
  readonly kind: CleanUpKind;
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  readonly total: MediaSum;
  readonly gone: MediaSum;
  readonly startedAt: number;
  readonly endedAt: number | undefined;
}

export interface MediaListQuery {
  kind: 'own' | 'copies';
  /** part of a name, of a person or of a server */
  search?: string;
  order?: 'size' | 'created' | 'used';
  descending?: boolean;
  /** `next` of the page before */
  after?: string;
}

/** Where a file is from; without a server: from this one. */
export interface MediaPlace {
  server?: string;
  mediaId: string;
}

export interface MediaRow extends MediaPlace {
  /** who uploaded it, of files of this server */
  readonly userId: string | undefined;
  readonly name: string | undefined;
  readonly contentType: string;
  readonly size: number;
  /** uploaded or fetched */
  readonly createdAt: number;
  readonly lastUsed: number;
  readonly isQuarantined: boolean;
  readonly isProtected: boolean;
}

export interface MediaPage {
  readonly files: readonly MediaRow[];
  readonly total: number;
  readonly next: string | undefined;
}
