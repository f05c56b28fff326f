/** Runs once before all test files; what it starts, it returns a way to stop. */
export default async function setup(): Promise<() => Promise<void>> {
  return async () => undefined;
}
