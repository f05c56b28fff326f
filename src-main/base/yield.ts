/** Lets the event loop turn once: between pieces of a long piece of work, so that others are answered meanwhile. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
