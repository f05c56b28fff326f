import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../src-main/base/json.js';
import { type Piece, piecesOf } from '../../../../src-main/matrix/federation/membership/answer-pieces.js';
import { UnusableAnswer } from '../../../../src-main/matrix/federation/membership/template.js';
import { seededRandom } from '../../../support/seeded-random.js';

const wanted = { lists: new Set(['state', 'auth_chain']), values: new Set(['event']) };

async function* inChunks(text: string | Buffer, sizes: () => number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text as string);
  for (let at = 0; at < bytes.length; ) {
    const end = at + Math.max(1, sizes());
    yield bytes.subarray(at, end);
    at = end;
  }
}

async function read(text: string | Buffer, size = 7): Promise<Piece[]> {
  const pieces: Piece[] = [];
  for await (const piece of piecesOf(
    inChunks(text, () => size),
    wanted,
  ))
    pieces.push(piece);
  return pieces;
}

describe('a large answer', () => {
  it('comes in pieces, whatever is between them', async () => {
    const text = ` {"origin" :"o\\"}]ne", "state":[ {"a":[1,{"b":"}]\\\\"}]} ,\n2,"three" ], "event": {"x":{}} ,"auth_chain":[]} `;
    expect(await read(text)).toEqual([
      { key: 'state', value: { a: [1, { b: '}]\\' }] } },
      { key: 'state', value: 2 },
      { key: 'state', value: 'three' },
      { key: 'event', value: { x: {} } },
    ]);
  });

  it('may be empty, or have its members in any order', async () => {
    expect(await read('{}')).toEqual([]);
    expect(await read('{"auth_chain":[1],"members_omitted":false,"state":[2]}')).toEqual([
      { key: 'auth_chain', value: 1 },
      { key: 'state', value: 2 },
    ]);
  });

  it('keeps letters whole that chunks cut', async () => {
    expect(await read('{"state":["🔥ß"]}', 1)).toEqual([{ key: 'state', value: '🔥ß' }]);
  });

  it.each([
    ['nothing', ''],
    ['a list', '[{"state":[]}]'],
    ['a text', '"state"'],
    ['broken off in a list', '{"state":[1,2'],
    ['broken off in a text', '{"state":["a'],
    ['broken off before its end', '{"state":[1]'],
    ['going on after its end', '{"state":[1]}{}'],
    ['no JSON in a piece', '{"state":[{"a":}]}'],
    ['no JSON between pieces', '{"state":[1]"event":2}'],
    ['without a colon', '{"state"[1]}'],
    ['without a key', '{1:2}'],
    ['closed wrongly', '{"event":[1}}'],
    ['nested without end', `{"state":[${'['.repeat(500)}${']'.repeat(500)}]}`],
    ['too large in one piece', `{"event":"${'a'.repeat(256 * 1024)}"}`],
    ['no UTF-8', Buffer.from('7b227374617465223a5b22ff225d7d', 'hex')],
  ])('is refused when it is %s', async (_case, text) => {
    await expect(read(text, 1024)).rejects.toThrow(UnusableAnswer);
  });

  it('passes over what nobody wants, however large', async () => {
    const text = `{"other":"${'a'.repeat(3 * 1024 * 1024)}","state":[1]}`;
    expect(await read(text, 65_536)).toEqual([{ key: 'state', value: 1 }]);
  });

  it('says the same as if it were parsed at once, for any answer in any chunks', async () => {
    const random = seededRandom(20_261_123);
    const below = (limit: number) => Math.floor(random() * limit);
    const value = (depth: number): JsonValue => {
      const kind = below(depth > 3 ? 4 : 6);
      if (kind === 0) return below(1000) - 500;
      if (kind === 1) return ['', '"', '\\', '{', '}', '[],:', 'ä🔥\n'][below(7)] ?? '';
      if (kind === 2) return below(2) === 0;
      if (kind === 3) return null;
      const members = Array.from({ length: below(4) }, () => value(depth + 1));
      return kind === 4 ? members : Object.fromEntries(members.map((member, i) => [`k${i}"]`, member]));
    };
    for (let round = 0; round < 300; round += 1) {
      const list = () => Array.from({ length: below(5) }, () => value(0));
      const answer = { other: value(0), state: list(), event: value(0), auth_chain: list() };
      const text = JSON.stringify(answer, undefined, below(3));
      const pieces: Piece[] = [];
      const chunks = inChunks(text, () => below(20) + 1);
      for await (const piece of piecesOf(chunks, wanted)) pieces.push(piece);
      const of = (key: string) => pieces.filter((piece) => piece.key === key).map((piece) => piece.value);
      expect({ state: of('state'), event: of('event'), auth_chain: of('auth_chain') }, text).toEqual({
        state: answer.state,
        event: [answer.event],
        auth_chain: answer.auth_chain,
      });
    }
  });
});
