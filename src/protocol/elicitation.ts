import type { Id } from './message.ts';

/** The key of the guard's own question among a result's `inputRequests`. */
export const APPROVAL = 'mcp-guard/approval';

/** Whether a client's `capabilities` say that it can put a form before a person. */
export function canElicit(capabilities: unknown): boolean {
  const elicitation = isObject(capabilities) ? capabilities['elicitation'] : undefined;
  if (!isObject(elicitation)) return false;
  // "An empty capabilities object is equivalent to declaring support for form mode only" (client/elicitation).
  return isObject(elicitation['form']) || !Object.hasOwn(elicitation, 'url');
}

/** An `elicitation/create` request to a client of a session begun by `initialize`, "\n" included. */
export function renderElicitation(id: string, message: string): Buffer {
  const decision = {
    type: 'string',
    title: 'Decision',
    enum: CHOICES.map(({ value }) => value),
    enumNames: CHOICES.map(({ title }) => title),
  };
  const params = { message, requestedSchema: describeForm(decision) };
  return toLine({ jsonrpc: '2.0', id, method: 'elicitation/create', params });
}

/** The answer that asks the client to put the question and to call again (2026-07-28), "\n" included. */
export function renderInputRequired({ token }: Id, requestState: string, message: string | null): Buffer {
  const decision = {
    type: 'string',
    title: 'Decision',
    oneOf: CHOICES.map(({ value, title }) => ({ const: value, title })),
  };
  const params = { mode: 'form', message, requestedSchema: describeForm(decision) };
  const inputRequests =
    message === null ? {} : { inputRequests: { [APPROVAL]: { method: 'elicitation/create', params } } };
  const result = JSON.stringify({ resultType: 'input_required', ...inputRequests, requestState });
  return Buffer.from(`{"jsonrpc":"2.0","id":${token},"result":${result}}\n`);
}

/** What came of asking through the client. Only a choice is an answer: clients can be set to accept by themselves. */
export type Elicited = 'approve' | 'deny' | 'declined' | 'unanswered';

/** Reads the client's answer to `renderElicitation`. */
export function readElicited(line: Buffer): Elicited {
  const message = parseObject(line);
  return message === null ? 'unanswered' : readResult(message['result']);
}

/** Reads the guard's own part of `inputResponses`. */
export function readInputResponse(inputResponses: Buffer): Elicited {
  const responses = parseObject(inputResponses);
  return responses === null || !Object.hasOwn(responses, APPROVAL)
    ? 'unanswered'
    : readResult(responses[APPROVAL]);
}

function readResult(result: unknown): Elicited {
  if (!isObject(result)) return 'unanswered';
  if (result['action'] === 'decline') return 'declined';
  const content = result['action'] === 'accept' ? result['content'] : null;
  const decision = isObject(content) && Object.hasOwn(content, 'decision') ? content['decision'] : null;
  return decision === 'approve' || decision === 'deny' ? decision : 'unanswered';
}

const CHOICES = [
  { value: 'approve', title: 'Approve once' },
  { value: 'deny', title: 'Deny' },
];

/** Required, and without a default: an empty form that is accepted says nothing. */
function describeForm(decision: object): object {
  return { type: 'object', properties: { decision }, required: ['decision'] };
}

function toLine(message: object): Buffer {
  return Buffer.from(`${JSON.stringify(message)}\n`);
}

/** The JSON object in these bytes, null where they hold none. */
export function parseObject(bytes: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
