import { expect, test } from 'vitest';
import { findIdOfSkipped } from '../../src/protocol/skipped.ts';

test.each([
  ['{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"na', 'xxx"}}', 'n:7'],
  ['{"method":"tools/call","params":{"id":3,"a":"xxx', 'xxx"},"jsonrpc":"2.0","id":"a"}', 's:a'],
  ['{"result":{"content":[{"text":"xxx', 'xxx"}]},"id":7,"jsonrpc":"2.0"}', 'n:7'],
  ['{"result":{"content":[{"text":"xxx', 'xxx"},{"id":7}]}}', undefined],
])('the id of a skipped line %s … %s is %s', (head, tail, key) => {
  expect(findIdOfSkipped(Buffer.from(head), Buffer.from(tail))?.key).toBe(key);
});
