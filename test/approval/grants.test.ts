import { describe, expect, test } from 'vitest';
import { addGrant, findGrant, type Grant, type GrantBinding } from '../../src/approval/grants.ts';

const call: GrantBinding = {
  tool: 'send',
  definition: 'd1',
  rule: 'tools.send',
  policyHash: 'p1',
  digest: 'c1',
};
const forTool: Grant = { ...call, scope: 'tool' };
const forCall: Grant = { ...call, scope: 'call' };

describe('grants', () => {
  test('a grant for a tool covers its other calls', () => {
    expect(findGrant([forTool], { ...call, digest: 'c2' })).toEqual(forTool);
  });

  test('a grant for one call covers the same call alone', () => {
    expect(findGrant([forCall], call)).toEqual(forCall);
    expect(findGrant([forCall], { ...call, digest: 'c2' })).toBeNull();
  });

  test.each([
    { tool: 'Send' },
    { definition: 'd2' },
    { definition: null },
    { rule: 'tools.*' },
    { policyHash: 'p2' },
  ])('is void with another %j', (other) => {
    expect(findGrant([forTool], { ...call, ...other })).toBeNull();
    expect(findGrant([forCall], { ...call, ...other })).toBeNull();
  });

  test('a tool that was never listed is another than one that was', () => {
    const unlisted: Grant = { ...forTool, definition: null };
    expect(findGrant([unlisted], { ...call, definition: null })).toEqual(unlisted);
    expect(findGrant([unlisted], call)).toBeNull();
  });

  test('remembers each grant once, and forgets those of older definitions and policies', () => {
    const grants: Grant[] = [];
    const other: Grant = { ...forTool, tool: 'read' };
    for (const grant of [forTool, forCall, forTool, other]) addGrant(grants, grant);
    expect(grants).toEqual([forCall, forTool, other]);
    addGrant(grants, { ...forTool, definition: 'd2' });
    expect(grants).toEqual([other, { ...forTool, definition: 'd2' }]);
    addGrant(grants, { ...other, policyHash: 'p2' });
    expect(grants).toEqual([{ ...other, policyHash: 'p2' }]);
  });
});
