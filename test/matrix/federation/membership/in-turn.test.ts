import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.js';
import { RemoteError } from '../../../../src-main/matrix/servers/index.js';
import { askable, askInTurn, MOST_SERVERS } from '../../../../src-main/matrix/federation/membership/in-turn.js';
import { UnusableAnswer } from '../../../../src-main/matrix/federation/membership/template.js';

const turn = () => ({ what: 'join', log: silentLogger, signal: new AbortController().signal });
const answered = (status: number, errcode?: string, fields: Record<string, unknown> = {}) =>
  new RemoteError('answered', 'one.test', 'it says no', { status, ...(errcode && { errcode }), fields });

/** What becomes of asking one.test, which fails, and then two.test, which does not. */
async function afterFailure(error: Error): Promise<unknown> {
  return askInTurn(['one.test', 'two.test'], turn(), async (server) => {
    if (server === 'one.test') throw error;
    return server;
  });
}

describe('servers that are asked in turn', () => {
  it.each<[string, Error]>([
    ['cannot be reached', new RemoteError('unreachable', 'one.test', 'no')],
    ['rests', new RemoteError('resting', 'one.test', 'no')],
    ['answers nonsense', new RemoteError('invalid', 'one.test', 'no')],
    ['answers something unusable', new UnusableAnswer('no')],
    ['fails', answered(500, 'M_UNKNOWN')],
    ['does not know the room', answered(404, 'M_NOT_FOUND')],
    ['does not know the endpoint', answered(400, 'M_UNRECOGNIZED')],
    ['cannot tell whether the user may', answered(400, 'M_UNABLE_TO_AUTHORISE_JOIN')],
    ['can let nobody in', answered(400, 'M_UNABLE_TO_GRANT_JOIN')],
    ['does not know us', answered(401, 'M_UNAUTHORIZED')],
    ['is too busy', answered(429, 'M_LIMIT_EXCEEDED')],
    ['wants to sign our user out', answered(403, 'M_UNKNOWN_TOKEN')],
    ['says no without a word', answered(403)],
    ['says no with a strange word', answered(403, 'no <b>')],
  ])('give way to the next when one %s', async (_case, error) => {
    expect(await afterFailure(error)).toBe('two.test');
  });

  it('are not asked any more when one refuses the user', async () => {
    await expect(afterFailure(answered(403, 'M_FORBIDDEN'))).rejects.toMatchObject({
      status: 403,
      errcode: 'M_FORBIDDEN',
    });
    const incompatible = answered(400, 'M_INCOMPATIBLE_ROOM_VERSION', { room_version: '99', secret: 'x' });
    await expect(afterFailure(incompatible)).rejects.toMatchObject({
      status: 400,
      errcode: 'M_INCOMPATIBLE_ROOM_VERSION',
      fields: { room_version: '99' },
    });
  });

  it('are not the client’s fault when they do not understand us', async () => {
    await expect(afterFailure(answered(400, 'M_INVALID_PARAM'))).rejects.toMatchObject({ status: 502 });
    await expect(afterFailure(answered(400, 'M_MISSING_PARAM'))).rejects.toMatchObject({ status: 502 });
  });

  it('are all of them asked before giving up', async () => {
    const asked: string[] = [];
    const asking = askInTurn(['one.test', 'two.test'], turn(), async (server) => {
      asked.push(server);
      throw new RemoteError('unreachable', server, 'no');
    });
    await expect(asking).rejects.toMatchObject({ status: 502, errcode: 'M_UNKNOWN' });
    expect(asked).toEqual(['one.test', 'two.test']);
  });

  it('are not asked once it is cancelled', async () => {
    const stop = new AbortController();
    const asking = askInTurn(['one.test', 'two.test'], { ...turn(), signal: stop.signal }, async (server) => {
      stop.abort(new Error('cancelled'));
      throw new RemoteError('unreachable', server, 'no');
    });
    await expect(asking).rejects.toThrow('cancelled');
  });

  it('do not hide what is wrong with ourselves', async () => {
    await expect(afterFailure(new TypeError('a mistake'))).rejects.toThrow('a mistake');
  });

  it('are servers, others than us, each once, and not too many', () => {
    const many = Array.from({ length: 100 }, (_, i) => `hs${i}.test`);
    const given = ['us.test', 'one.test', undefined, 'one.test', 'no server', 'one.test:8448', ...many];
    const servers = askable(given, 'us.test');
    expect(servers.slice(0, 3)).toEqual(['one.test', 'one.test:8448', 'hs0.test']);
    expect(servers).toHaveLength(MOST_SERVERS);
  });
});
