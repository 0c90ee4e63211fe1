import type { Content, FromGuard, Listed, ListedGrant } from './console-message.ts';
import { isNonce } from './handshake.ts';
import { type Fields, isFields, parseFields } from './message-fields.ts';
import { CATEGORIES, RISKS } from '../../policy/profile.ts';
import type { ShownProfile } from '../question.ts';
import type { Proposal } from '../../policy/always/proposal.ts';
import {
  refuse,
  takeCount,
  takeFields,
  takeFlag,
  takeKey,
  takeList,
  takeNumber,
  takeNumberOrNull,
  takeText,
  takeTextOrNull,
} from './take-field.ts';

/** The last moment that a date can tell, ms since the epoch. */
const LAST_DATE = 8.64e15;

const READERS: ReadonlyMap<unknown, (fields: Fields) => FromGuard> = new Map<
  FromGuard['kind'],
  (fields: Fields) => FromGuard
>([
  ['hello', readHello],
  ['status', readStatus],
  ['question', (fields) => ({ kind: 'question', question: readListed(takeFields(fields, 'question')) })],
  [
    'content',
    (fields) => ({
      kind: 'content',
      key: takeKey(fields, 'key'),
      content: readContent(takeFields(fields, 'content')),
    }),
  ],
  [
    'proposal',
    (fields) => ({
      kind: 'proposal',
      key: takeKey(fields, 'key'),
      proposal: readProposal(takeFields(fields, 'proposal')),
    }),
  ],
  ['closed', (fields) => ({ kind: 'closed', key: takeKey(fields, 'key'), how: takeText(fields, 'how') })],
  ['refused', (fields) => ({ kind: 'refused', key: takeKey(fields, 'key'), why: takeText(fields, 'why') })],
  [
    'policy',
    (fields) => ({ kind: 'policy', text: takeText(fields, 'text'), isBroken: takeFlag(fields, 'isBroken') }),
  ],
  ['grants', (fields) => ({ kind: 'grants', grants: takeList(fields, 'grants').map(readGrant) })],
]);

/** What a guard said; null where it is none of the messages, whole. Its texts are data: anybody may have written them. */
export function readFromGuard(line: Uint8Array): FromGuard | null {
  const fields = parseFields(line);
  if (fields === null) return null;
  try {
    return READERS.get(fields['kind'])?.(fields) ?? null;
  } catch {
    return null;
  }
}

function readHello(fields: Fields): FromGuard {
  const { version, nonce } = fields;
  if (version !== 1 || !isNonce(nonce)) return refuse('version or nonce');
  return {
    kind: 'hello',
    version,
    server: takeText(fields, 'server'),
    since: takeCount(fields, 'since', LAST_DATE),
    pid: takeCount(fields, 'pid'),
    nonce,
    proof: takeText(fields, 'proof'),
  };
}

function readStatus(fields: Fields): FromGuard {
  const [allowed, denied] = [takeCount(fields, 'allowed'), takeCount(fields, 'denied')];
  return { kind: 'status', allowed, denied, paused: takeFlag(fields, 'paused') };
}

function readListed(fields: Fields): Listed {
  return {
    key: takeKey(fields, 'key'),
    server: takeText(fields, 'server'),
    tool: takeText(fields, 'tool'),
    title: takeTextOrNull(fields, 'title'),
    profile: fields['profile'] === null ? null : readProfile(takeFields(fields, 'profile')),
    rule: takeText(fields, 'rule'),
    reason: takeTextOrNull(fields, 'reason'),
    group: takeText(fields, 'group'),
    allowsAlways: takeFlag(fields, 'allowsAlways'),
    bytes: takeCount(fields, 'bytes'),
    asked: takeCount(fields, 'asked'),
    allowed: takeCount(fields, 'allowed'),
    refused: takeCount(fields, 'refused'),
    waitedMs: takeNumber(fields, 'waitedMs'),
    leftMs: takeNumber(fields, 'leftMs'),
    isChanged: takeFlag(fields, 'isChanged'),
    isLate: takeFlag(fields, 'isLate'),
  };
}

function readContent(fields: Fields): Content {
  return {
    arguments: takeTextOrNull(fields, 'arguments'),
    attachments: takeList(fields, 'attachments').map(readPair),
    lastAllowed: takeTextOrNull(fields, 'lastAllowed'),
    change: readChange(fields),
  };
}

function readProfile(fields: Fields): ShownProfile {
  const category = CATEGORIES.find((word) => word === fields['category']) ?? refuse('category');
  const risk = RISKS.find((word) => word === fields['risk']) ?? refuse('risk');
  const evidence = takeList(fields, 'evidence').map((line) =>
    typeof line === 'string' ? line : refuse('evidence'),
  );
  return { category, risk, evidence };
}

function readChange(content: Fields): Content['change'] {
  if (content['change'] === null || content['change'] === 'unknown') return content['change'];
  const fields = takeFields(content, 'change');
  return { was: takeText(fields, 'was'), now: takeText(fields, 'now') };
}

function readPair(pair: unknown): readonly [name: string, json: string] {
  const [name, json, ...rest]: unknown[] = Array.isArray(pair) ? pair : [];
  return typeof name === 'string' && typeof json === 'string' && rest.length === 0
    ? [name, json]
    : refuse('attachment');
}

function readProposal(fields: Fields): Proposal {
  switch (fields['kind']) {
    case 'impossible':
      return { kind: 'impossible', why: takeText(fields, 'why') };
    case 'rule':
      return {
        kind: 'rule',
        file: takeText(fields, 'file'),
        lines: takeList(fields, 'lines').map((line) => (typeof line === 'string' ? line : refuse('line'))),
      };
    default:
      return refuse('proposal');
  }
}

function readGrant(value: unknown): ListedGrant {
  const fields = isFields(value) ? value : refuse('grant');
  const { scope } = fields;
  return {
    id: takeKey(fields, 'id'),
    server: takeText(fields, 'server'),
    tool: takeText(fields, 'tool'),
    rule: takeText(fields, 'rule'),
    scope: scope === 'tool' || scope === 'call' ? scope : refuse('scope'),
    leftMs: takeNumberOrNull(fields, 'leftMs'),
    leftCalls: takeNumberOrNull(fields, 'leftCalls'),
  };
}
