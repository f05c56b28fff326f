import { once } from 'node:events';
import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { type PostgresServer, startPostgres } from './postgres-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** answers with the address of the PostgreSQL of this run, started when it is asked for the first time */
    postgresUrl: string;
  }
}

/** Runs once before all test files: lets them have one PostgreSQL for all, which costs nothing unless one asks. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let postgres: Promise<PostgresServer> | undefined;
  const desk = createServer((_request, response) => {
    postgres ??= startPostgres();
    postgres.then(
      ({ address }) => response.end(JSON.stringify(address)),
      (error: Error) => response.writeHead(500).end(String(error.stack)),
    );
  });
  desk.listen(0, '127.0.0.1');
  await once(desk, 'listening');
  const address = desk.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  project.provide('postgresUrl', `http://127.0.0.1:${address.port}/`);
  return async () => {
    desk.close();
    const server = await postgres?.catch(() => undefined);
    await server?.stop();
  };
}
