/** Only in the desktop app: what its main process does itself. */
export interface AppProcedures {
  /** Lets the person choose a folder; undefined when they think better of it. */
  'app.chooseFolder': { input: { start: string }; output: { folder: string } | undefined };
}
