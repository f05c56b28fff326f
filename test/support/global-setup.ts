import { once } from 'node:events';
import { createServer } from 'node:http';
import { POSTGRES_DESK } from './new-database.js';
import { type PostgresServer, startPostgres } from './postgres-server.js';

/** Runs once before all test files: lets them have one PostgreSQL for all, which costs nothing unless one asks. */
export default async function setup(): Promise<() => Promise<void>> {
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
  process.env[POSTGRES_DESK] = `http://127.0.0.1:${address.port}/`; // inherited by all who run tests
  return async () => {
    desk.close();
    const server = await postgres?.catch(() => undefined);
    await server?.stop();
  };
}
