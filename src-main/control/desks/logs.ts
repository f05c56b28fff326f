import type {
  ExportPreview,
  ExportWish,
  LogFilter,
  LogGroup,
  LogHistoryPage,
  LogHistoryQuery,
  LogPage,
  LogQuery,
  SavedFile,
} from '../contract.js';

/** The log, whatever the server does. Patterns that are wrong or too slow are ControlErrors BAD_PATTERN, SLOW_PATTERN. */
export interface LogDesk {
  read(query: LogQuery): Promise<LogPage>;
  /** from files, newest first; nothing where there are none */
  history(query: LogHistoryQuery): Promise<LogHistoryPage>;
  condensed(filter: LogFilter): Promise<LogGroup[]>;
  /** every detail of a part for 15 minutes, or no more. @throws ControlError TOO_MANY_CALLS */
  debug(part: string, on: boolean): void;
  previewExport(wish: ExportWish): Promise<ExportPreview>;
  export(wish: ExportWish): Promise<SavedFile>;
  report(wish: { realNames: boolean; custom?: string[] }): Promise<SavedFile>;
  /** @throws ControlError M_NOT_FOUND */
  piece(name: string, offset: number): Promise<{ text: string; next: number | undefined }>;
}
