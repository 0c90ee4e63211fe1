import { describe, expect, test } from 'vitest';
import { findLookalike, findMember, foldName, type Level } from '../../src/wire/members.ts';

function judge(level: Level, spelling: string): string | null {
  const bytes = Buffer.from(`"${spelling}"`);
  const key = { start: 0, end: bytes.length };
  return findMember(level, bytes, key) ?? findLookalike(level, bytes, key);
}

function isExact(level: Level, spelling: string): boolean {
  const bytes = Buffer.from(`"${spelling}"`);
  return findMember(level, bytes, { start: 0, end: bytes.length }) !== null;
}

describe('a key', () => {
  test.each([
    ['top', 'method', 'method'],
    ['top', 'm\\u0065thod', 'method'],
    ['params', 'inputResponses', 'inputResponses'],
    ['meta', 'io.modelcontextprotocol/protocolVersion', 'io.modelcontextprotocol/protocolVersion'],
    ['meta', 'io.modelcontextprotocol\\/protocolVersion', 'io.modelcontextprotocol/protocolVersion'],
  ] as const)('of %s is a member in any spelling of JSON: %s', (level, spelling, member) => {
    expect([judge(level, spelling), isExact(level, spelling)]).toEqual([member, true]);
  });

  test.each([
    ['top', 'METHOD', 'method'],
    ['top', '\\u004dethod', 'method'],
    ['top', 'paramſ', 'params'],
    ['top', 'param\\u017f', 'params'],
    ['top', 'ıd', 'id'],
    ['top', 'İd', 'id'],
    ['top', 'ｍethod', 'method'],
    ['top', '𝐢𝐝', 'id'],
    ['top', 'id\\u0000', 'id'],
    ['top', `id${'\\u0000'.repeat(1_000)}`, 'id'],
    ['params', 'Input\\u0052esponses', 'inputResponses'],
    ['params', 'taſk', 'task'],
    ['params', 'tas\u212a', 'task'],
    ['params', '_META', '_meta'],
    ['params', 'RequestID', 'requestId'],
    ['meta', 'progresstoken', 'progressToken'],
    ['meta', 'progreßToken', 'progressToken'],
    ['meta', 'io.modelContextProtocol/protocolVersion', 'io.modelcontextprotocol/protocolVersion'],
  ] as const)('of %s that some reader takes for a member is told apart: %s', (level, spelling, member) => {
    expect([judge(level, spelling), isExact(level, spelling)]).toEqual([member, false]);
  });

  test.each([
    ['top', 'name'],
    ['top', 'methods'],
    ['top', 'extra'],
    ['top', ''],
    ['params', 'method'],
    ['params', 'cursor'],
    ['params', 'näme'],
    ['meta', 'traceparent'],
  ] as const)('of %s that means nothing to anybody passes: %s', (level, spelling) => {
    expect(judge(level, spelling)).toBeNull();
  });

  test('of millions of piled up marks is judged at once, though normalizing it would take hours', () => {
    expect(foldName(`a${'\u0301\u0316'.repeat(2_000_000)}`)).toHaveLength(4_000_001);
  });
});
