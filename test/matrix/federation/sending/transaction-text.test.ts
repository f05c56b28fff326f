import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../src-main/spec/canonical-json.js';
import { firstThatFit, transactionText } from '../../../../src-main/matrix/federation/sending/transaction-text.js';

describe('the text of a transaction', () => {
  it.each([
    ['nothing', [], []],
    ['events', [{ type: 'a' }, { type: 'b' }], []],
    ['both', [{ type: 'a' }], [{ content: {}, edu_type: 'm.typing' }]],
  ])('is canonical JSON with %s in it', (_case, pdus, edus) => {
    const text = transactionText('one.test', 12, pdus.map(text_), edus.map(text_));
    const body = { pdus, origin: 'one.test', origin_server_ts: 12, ...(edus.length > 0 && { edus }) };
    expect(text).toBe(canonicalJson(body));
  });
});

describe('what fits into one transaction', () => {
  const long = { text: 'x'.repeat(1_500_000) };
  const short = { text: 'x' };
  it.each([
    ['takes no more than it may', [short, short, short], 2, 2],
    ['ends before it is too long', [short, long, long], 50, 2],
    ['takes one that is too long alone', [{ text: 'x'.repeat(3_000_000) }, short], 50, 1],
    ['takes nothing of nothing', [], 50, 0],
  ])('%s', (_case, items, most, count) => expect(firstThatFit(items, most)).toHaveLength(count));
});

const text_ = (value: object): string => canonicalJson(value as never);
