import { describe, expect, test } from 'vitest';
import type { Rule } from '../../src/policy/policy.ts';
import { Dialogue, YES } from '../helpers/dialogue.ts';
import { policyOf } from '../helpers/policy.ts';

const DENY = { action: 'deny' } as const;
const ASK = { action: 'require_approval' } as const;
const ALLOW = { action: 'allow' } as const;
const SAMPLING = { server_requests: { 'sampling/createMessage': DENY } };
const META = '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}';

function start(rules: Record<string, Record<string, Partial<Rule> | readonly Partial<Rule>[]>>): Dialogue {
  const session = new Dialogue(policyOf({ make: ALLOW }, { rules }));
  session.event({ kind: 'consoles', count: 1 });
  return session;
}

/** After a call of 2026-07-28 was forwarded under the id 1. */
function startCall(rules: Parameters<typeof start>[0] = SAMPLING): Dialogue {
  const session = start(rules);
  const params = `{"name":"make","arguments":{},${META}}`;
  session.client(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`);
  return session;
}

function answer(result: string): string {
  return `{"jsonrpc":"2.0","id":1,"result":${result}}`;
}

function passes(session: Dialogue, line: string): boolean {
  session.server(line);
  return session.effects.some(
    (effect) => effect.kind === 'to-client' && String(effect.bytes) === `${line}\n`,
  );
}

const ONE = '{"a":{"method":"sampling/createMessage","params":{}}}';

describe('an answer that asks what is denied does not reach the client', () => {
  test.each([
    ['plainly', `{"resultType":"input_required","inputRequests":${ONE}}`],
    ['with its type spelled in escapes', `{"resultType":"input\\u005frequired","inputRequests":${ONE}}`],
    ['with another type', `{"resultType":"Input_Required","inputRequests":${ONE}}`],
    ['without a type', `{"inputRequests":${ONE}}`],
    ['in another case', `{"resultType":"input_required","inputrequests":${ONE}}`],
    ['in another folding', `{"resultType":"input_required","inputRequest\\u017f":${ONE}}`],
    ['spelled in escapes', `{"resultType":"input_required","input\\u0052equests":${ONE}}`],
    ['beside harmless ones', `{"inputRequests":{"a":{"method":"roots/list"}},"InputRequests":${ONE}}`],
    ['before harmless ones', `{"inputRequests":${ONE},"inputRequests":{"a":{"method":"roots/list"}}}`],
    ['behind harmless ones', `{"inputRequests":{"a":{"method":"roots/list"}},"inputRequests":${ONE}}`],
    [
      'with its method twice',
      '{"inputRequests":{"a":{"method":"sampling/createMessage","method":"roots/list"}}}',
    ],
    [
      'with its method in another case',
      '{"inputRequests":{"a":{"method":"roots/list","Method":"sampling/createMessage"}}}',
    ],
    ['with its method in another case alone', '{"inputRequests":{"a":{"Method":"sampling/createMessage"}}}'],
    ['with half a surrogate pair', '{"inputRequests":{"a":{"method":"sampling/createMessage\\ud800"}}}'],
    ['under half a surrogate pair', `{"inputRequests\\ud800":${ONE}}`],
    ['in what is no JSON', `{"a" 1,"inputRequests":${ONE}}`],
    ['as a list', '{"inputRequests":[{"method":"sampling/createMessage"}]}'],
    [
      'in too many',
      `{"inputRequests":{${Array.from({ length: 200 }, (_, index) => `"${index}":{"method":"roots/list"}`).join()}}}`,
    ],
  ])('%s', (_, result) => {
    const session = startCall();
    expect(passes(session, answer(result))).toBe(false);
    expect(session.reply.result?.['resultType']).toBe('complete');
  });

  test.each([DENY, ALLOW])('as an answer to a list of tools, which nobody may ask in: %j', (rule) => {
    const session = start({ server_requests: { 'sampling/createMessage': rule } });
    session.client(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{${META}}}`);
    expect(passes(session, answer(`{"tools":[],"resultType":"input_required","inputRequests":${ONE}}`))).toBe(
      false,
    );
  });

  test.each(['prompts/get', 'tasks/get', 'resources/list'])('as an answer to %s', (method) => {
    const session = start(SAMPLING);
    session.client(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":{${META}}}`);
    expect(passes(session, answer(`{"inputRequests":${ONE}}`))).toBe(false);
  });

  test('as an error that wants an elicitation (2025-11-25)', () => {
    const wants = (code: string): string =>
      `{"jsonrpc":"2.0","id":1,"error":{"code":${code},"message":"x","data":{"elicitations":[{"url":"https://x"}]}}}`;
    const rules = { server_requests: { 'elicitation/*': DENY } };
    expect(passes(startCall(rules), wants('-32042'))).toBe(false);
    expect(passes(startCall(rules), wants('-3.2042e4'))).toBe(false);
    expect(passes(startCall(rules), wants('-32042').replace('"data"', '"Data"'))).toBe(false);
    const harmless = (name: string): string =>
      wants('-32042').replace(
        `"${name}"`,
        `"${name}":${name === 'data' ? '{"elicitations":[]}' : '[]'},"${name.toUpperCase()}"`,
      );
    expect(passes(startCall(rules), harmless('data'))).toBe(false);
    expect(passes(startCall(rules), harmless('elicitations'))).toBe(false);
    expect(passes(startCall(rules), wants('-32000'))).toBe(true);
    expect(passes(startCall(SAMPLING), wants('-32042'))).toBe(true);
  });

  test('beside an error', () => {
    const line = (error: string): string =>
      `{"jsonrpc":"2.0","id":1,"result":{"inputRequests":${ONE}},"error":${error}}`;
    const allowed = '{"code":-32042,"message":"x","data":{"elicitations":[]}}';
    expect(passes(startCall(), line('{"code":1,"message":"x"}'))).toBe(false);
    expect(passes(startCall(), line(allowed))).toBe(false);
  });
});

describe('an answer passes as it is', () => {
  test.each([
    ['that asks nothing', '{"content":[]}'],
    ['that speaks of asking', '{"content":[{"type":"text","text":"inputRequests"}]}'],
    ['that asks nothing by name', '{"resultType":"input_required","inputRequests":null,"requestState":"x"}'],
    ['that asks nobody', '{"resultType":"input_required","inputRequests":{},"requestState":"x"}'],
    ['that asks what nobody speaks of', '{"inputRequests":{"a":{"method":"roots/list"}}}'],
    ['that is a text', '"inputRequests"'],
  ])('%s', (_, result) => {
    expect(passes(startCall(), answer(result))).toBe(true);
  });

  test('that asks anything where the policy has no word on it', () => {
    expect(passes(startCall({}), answer(`{"InputRequests":${ONE}}`))).toBe(true);
  });
});

describe('a notification that asks (tasks)', () => {
  const notice = (params: string): string =>
    `{"jsonrpc":"2.0","method":"notifications/tasks","params":${params}}`;

  test.each([
    [`{"taskId":"1","inputRequests":${ONE}}`, false],
    [`{"taskId":"1","InputRequests":${ONE}}`, false],
    ['{"taskId":"1","inputRequests":{"a":{"method":"roots/list"}}}', true],
    ['{"taskId":"1"}', true],
  ])('%s', (params, isPassed) => {
    expect(passes(start(SAMPLING), notice(params))).toBe(isPassed);
  });

  test('passes in a dry run', () => {
    const session = new Dialogue(policyOf({}, { rules: SAMPLING }), { dryRun: true });
    expect(passes(session, notice(`{"inputRequests":${ONE}}`))).toBe(true);
  });

  test('and would have to be asked about is dropped, and logged', () => {
    const session = start({ server_requests: { 'sampling/createMessage': ASK } });
    expect(session.server(notice(`{"inputRequests":${ONE}}`))).toEqual(['log refused-frame server']);
  });
});

describe('what the server asks with params that readers differ on', () => {
  const small = {
    clauses: [
      {
        path: { text: 'args.maxTokens', steps: [{ kind: 'key', key: 'maxTokens' }] },
        tests: [{ kind: 'lte', bound: '10' }],
      },
    ],
  } as const;
  const rules = { server_requests: { '*': [{ when: small, action: 'allow' }, DENY] } } as const;
  const twice = '{"maxTokens":1000,"maxTokens":5}';

  test('is refused', () => {
    const ask = (params: string): string =>
      `{"jsonrpc":"2.0","id":"s","method":"sampling/createMessage","params":${params}}`;
    expect(passes(start(rules), ask('{"maxTokens":5}'))).toBe(true);
    expect(passes(start(rules), ask(twice))).toBe(false);
  });

  test('is refused inside an answer', () => {
    const asks = (params: string): string =>
      answer(`{"inputRequests":{"a":{"method":"sampling/createMessage","params":${params}}}}`);
    expect(passes(startCall(rules), asks('{"maxTokens":5}'))).toBe(true);
    expect(passes(startCall(rules), asks(twice))).toBe(false);
  });
});

test('a yes to what is asked inside an answer lets it through as it was', () => {
  const session = startCall({ server_requests: { 'sampling/createMessage': ASK } });
  const line = answer(`{"inputRequests":${ONE}}`);
  expect(session.server(line)).toEqual(['ask q1 sampling/createMessage for make']);
  expect(session.answer('q1', YES).at(-1)).toBe(`to-client ${line}`);
});
