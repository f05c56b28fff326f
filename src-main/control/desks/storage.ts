import type {
  CleanUpChoice,
  CleanUpRun,
  DatabaseRoom,
  DatabaseShrinking,
  MediaListQuery,
  MediaPage,
  MediaPlace,
  MediaSum,
  StorageOverview,
} from '../contract.js';

/** What the console does with what lies on the disk. */
export interface StorageDesk {
  overview(): Promise<StorageOverview>;
  cleanUpAmount(choice: CleanUpChoice): Promise<MediaSum>;
  /** @throws MatrixError M_UNKNOWN */
  cleanUp(choice: CleanUpChoice): Promise<CleanUpRun>;
  cleanUps(): Promise<CleanUpRun[]>;
  cancelCleanUp(): Promise<void>;
  setLimit(limit: number | undefined): Promise<void>;
  setLifetime(days: number | undefined): Promise<void>;
  database(): Promise<DatabaseRoom>;
  /** @throws MatrixError M_UNKNOWN */
  shrink(): Promise<DatabaseShrinking>;
  cancelShrink(): Promise<void>;
  media(query: MediaListQuery): Promise<MediaPage>;
  /** @throws MatrixError M_NOT_FOUND */
  quarantine(place: MediaPlace, on: boolean): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND */
  protect(mediaId: string, on: boolean): Promise<void>;
  /** @throws MatrixError M_NOT_FOUND */
  remove(place: MediaPlace): Promise<void>;
}
