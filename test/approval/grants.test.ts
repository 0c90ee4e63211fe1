import { describe, expect, test } from 'vitest';
import { type Grant, type GrantBinding, Grants } from '../../src/approval/grants.ts';

const call: GrantBinding = {
  server: 's1',
  tool: 'send',
  definition: 'd1',
  rule: 'tools.send',
  ruleText: 'r1',
  digest: 'c1',
};
const forTool: Grant = {
  id: 'tool',
  binding: call,
  scope: 'tool',
  until: null,
  left: null,
  isPass: false,
  approver: 'terminal',
};
const forCall: Grant = { ...forTool, id: 'call', scope: 'call' };

function grantsOf(...list: readonly Grant[]): Grants {
  const grants = new Grants();
  for (const grant of list) grants.add(grant);
  return grants;
}

describe('a grant', () => {
  test('for a tool covers its other calls', () => {
    expect(grantsOf(forTool).find({ ...call, digest: 'c2' }, 0)).toEqual(forTool);
  });

  test('for one call covers the same call alone', () => {
    expect(grantsOf(forCall).find(call, 0)).toEqual(forCall);
    expect(grantsOf(forCall).find({ ...call, digest: 'c2' }, 0)).toBeNull();
  });

  test.each([
    { server: 's2' },
    { tool: 'Send' },
    { definition: 'd2' },
    { definition: null },
    { rule: 'tools.*' },
    { ruleText: 'r2' },
  ])('is void with another %j', (other) => {
    expect(grantsOf(forTool, forCall).find({ ...call, ...other }, 0)).toBeNull();
  });

  test('of a tool that was never listed is none for one that was', () => {
    const unlisted: Grant = { ...forTool, binding: { ...call, definition: null } };
    expect(grantsOf(unlisted).find({ ...call, definition: null }, 0)).toEqual(unlisted);
    expect(grantsOf(unlisted).find(call, 0)).toBeNull();
  });

  test('for a time ends with it, sooner where the machine slept', () => {
    const grants = grantsOf({ ...forTool, until: 1_000 });
    expect(grants.find(call, 999)).not.toBeNull();
    grants.shorten(500);
    expect(grants.find(call, 500)).toBeNull();
    expect(grants.list(500)).toEqual([]);
  });

  test('for some calls ends with the last of them, and is spent after one that is not counted', () => {
    const grants = grantsOf({ ...forTool, left: 2 });
    for (const left of [2, 1]) {
      const grant = grants.find(call, 0);
      expect(grant?.left).toBe(left);
      if (grant !== null) grants.spend(grant);
    }
    expect(grants.find(call, 0)).toBeNull();
    expect(grantsOf({ ...forTool, left: 2 }, forCall).find(call, 0)).toEqual(forCall);
  });

  test('that is revoked is gone, and nothing is revoked twice', () => {
    const grants = grantsOf(forTool, forCall);
    expect(grants.revoke('tool')).toEqual(forTool);
    expect(grants.revoke('tool')).toBeNull();
    expect(grants.list(0)).toEqual([forCall]);
  });
});

test('each grant is remembered once, and those of older definitions are forgotten', () => {
  const other: Grant = { ...forTool, id: 'other', binding: { ...call, tool: 'read' } };
  const grants = grantsOf(forTool, forCall, { ...forTool, id: 'again' }, other);
  expect(grants.list(0).map(({ id }) => id)).toEqual(['call', 'again', 'other']);
  grants.add({ ...forTool, id: 'new', binding: { ...call, definition: 'd2' } });
  expect(grants.list(0).map(({ id }) => id)).toEqual(['other', 'new']);
});
