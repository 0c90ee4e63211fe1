import { findOuter } from '../wire/edit.ts';
import { scanLine } from '../wire/scan.ts';
import { listElements } from '../wire/skim.ts';
import { sliceToken } from '../wire/token.ts';
import { findMember, hasLookalike, listNamed, readText } from './subject.ts';

/** What a message of the server asks of the client beside its own requests. */
export interface InputRequests {
  /** All of them, raw JSON; null where nobody can tell where they stand. */
  readonly raw: Buffer | null;
  readonly requests: readonly InputRequest[];
}

/** `method` is null where nobody can tell it, `params` are raw JSON. */
export interface InputRequest {
  readonly method: string | null;
  readonly params: Buffer | null;
}

/** More than any server asks at once. */
const MOST_REQUESTS = 100;
const UNCLEAR: InputRequests = { raw: null, requests: [{ method: null, params: null }] };
/** 2025-11-25: the call can go on when somebody has been to these addresses. */
const URL_ELICITATION_REQUIRED = -32042;

/**
 * The requests inside an answer of the server (2026-07-28, `input_required`; 2025-11-25, an error that wants an
 * elicitation), or inside the params of its notification; null where there are none. A client that finds some in another
 * spelling may act on them, so that counts as unclear, and so does what cannot be walked through.
 */
export function readInputRequests(line: Buffer): InputRequests | null {
  const elicitations = readElicitations(findOuter(line, 'error'));
  const inputs = readInputs(findOuter(line, 'result') ?? findOuter(line, 'params'));
  // No peer answers with a result and an error; whoever does has a client in mind that takes either.
  return elicitations !== null && inputs !== null ? UNCLEAR : (elicitations ?? inputs);
}

/** Whether all readers find the same in raw JSON: a server's messages are passed on as they are. */
export function isClear(json: Buffer): boolean {
  return scanLine(Buffer.concat([HEAD, json, TAIL])).kind === 'object';
}

const HEAD = Buffer.from('{"value":');
const TAIL = Buffer.from('}\n');

function readInputs(holder: Buffer | null): InputRequests | null {
  if (holder?.[0] !== 0x7b) return null;
  const inputs = findMember(holder, 'inputRequests');
  if (listNamed(holder) === null || hasLookalike(holder, ['inputRequests'])) return UNCLEAR;
  if (inputs === null || inputs.toString('latin1', 0, 5) === 'null') return null;
  const members = listNamed(inputs);
  if (members === null || members.length > MOST_REQUESTS) return UNCLEAR;
  return { raw: inputs, requests: members.map(({ value }) => readRequest(value)) };
}

/** `{"method": ..., "params": ...}` under a key of the server's own. */
function readRequest(value: Buffer): InputRequest {
  const isUnclear = hasLookalike(value, ['method', 'params']);
  return {
    method: isUnclear ? null : readText(findMember(value, 'method')),
    params: findMember(value, 'params'),
  };
}

/** `{"code": -32042, "data": {"elicitations": [params of elicitation/create, ...]}}`. */
function readElicitations(error: Buffer | null): InputRequests | null {
  const code = findMember(error, 'code');
  if (code === null || Number(code.toString()) !== URL_ELICITATION_REQUIRED) return null;
  const data = findMember(error, 'data');
  const list = findMember(data, 'elicitations');
  if (hasLookalike(error, ['code', 'data']) || hasLookalike(data, ['elicitations'])) return UNCLEAR;
  const tokens = list === null ? null : listElements(list, { start: 0, end: list.length });
  if (list === null || tokens === null || tokens.length > MOST_REQUESTS) return UNCLEAR;
  const requests = tokens.map((token) => ({ method: 'elicitation/create', params: sliceToken(list, token) }));
  return { raw: list, requests };
}
