import type { AuditSettings } from '../policy/policy.ts';
import type { CallEntry, Entry, ResultEntry } from './entry.ts';
import { redactMessage, redactText, type Hash } from './redact-text.ts';
import { redactArguments, redactToken } from './redact.ts';

/** What every line of one run says. */
export interface LineContext {
  readonly session: string;
  readonly server: string;
  /** Keyed: nothing that the log masks can be guessed from it. */
  readonly hash: Hash;
  /** Names of tools as they were written before. */
  readonly names: Map<string, string>;
}

/** What is said of one line, and changes. */
export interface LineHead {
  /** ISO 8601. */
  readonly time: string;
  readonly seq: number;
  /** Since the run began, by a clock that nobody sets. */
  readonly uptimeMs: number;
  readonly policyHash: string;
  readonly arguments: NonNullable<AuditSettings['arguments']>;
  /** Of a result: the number of its call's line, and how long it took. */
  readonly call: { readonly seq: number; readonly tool: string | null; readonly upstreamMs: number } | null;
}

/** Arguments and answers beyond it are told by their length and hash, however they are to be kept. */
const MOST_FULL = 1 << 20;
/** An id is a client's to choose; no sane one is longer. */
const MOST_ID = 256;

/**
 * One entry as a JSON object: ASCII only, so that nothing in it can end the line, or move a terminal that shows the
 * file. What came over the wire is written as it was spelled: no number is rounded on its way into the log.
 */
export function renderEntry(entry: Entry, head: LineHead, context: LineContext): string {
  const { session, server } = context;
  const { time, seq, uptimeMs } = head;
  const first = `{"time":"${time}","seq":${seq},"uptimeMs":${uptimeMs},"session":"${session}","server":${spell(server)},"event":"${entry.event}"`;
  switch (entry.event) {
    case 'call':
      return `${first},${renderCall(entry, head, context)}}`;
    case 'result':
      return `${first},${renderResult(entry, head, context)}}`;
    default: {
      const members = escapeAscii(
        JSON.stringify({ ...listMembers(entry, context), policyHash: head.policyHash }),
      );
      return `${first},${members.slice(1)}`;
    }
  }
}

/** Spelled out: an object made for each line and stringified costs three times as much. */
function renderCall(entry: CallEntry, head: LineHead, context: LineContext): string {
  const { id, tool, other, profile, verdict, code, rule, approver, waitMs, dryRun } = entry;
  const subject =
    other === null
      ? `"tool":${spellOutside(tool, context)}`
      : `"tool":null,"method":${spell(other.method)},"target":${spellOnce(redactText(other.target, context.hash))}`;
  return (
    `"id":${spellId(id, context)},${subject},` +
    `"category":${spell(profile?.category ?? null)},"risk":${spell(profile?.risk ?? null)},` +
    `${renderArguments(entry, head, context)}"verdict":"${verdict}","code":"${code}","rule":${spell(rule)},` +
    `"approver":${spell(approver)},"waitMs":${waitMs},${dryRun ? '"dryRun":true,' : ''}"policyHash":"${head.policyHash}"`
  );
}

function renderArguments({ arguments: args }: CallEntry, head: LineHead, { hash }: LineContext): string {
  if (args === null) return '"arguments":null,';
  const proof = head.arguments === 'none' ? '' : `"argumentsHash":"${hash(args)}",`;
  switch (head.arguments) {
    case 'redacted':
      return `"arguments":${escapeAscii(redactArguments(args, hash))},${proof}`;
    case 'full':
      if (args.length > MOST_FULL) return proof;
      // White space between values is all that may stand raw among these.
      return `"arguments":${escapeAscii(args.toString().replaceAll(/[\t\r]/g, ' '))},${proof}`;
    case 'hash':
    case 'none':
      return proof;
  }
}

function renderResult({ id, outcome, answer }: ResultEntry, head: LineHead, context: LineContext): string {
  const { call } = head;
  const proof =
    answer === null || answer.length > MOST_FULL || head.arguments === 'none'
      ? null
      : `"${context.hash(answer)}"`;
  return (
    `"id":${spellId(id, context)},"call":${call?.seq ?? null},"tool":${spellOutside(call?.tool ?? null, context)},` +
    `"upstreamMs":${call?.upstreamMs ?? null},"outcome":"${outcome}","bytes":${answer?.length ?? null},` +
    `"resultHash":${proof}`
  );
}

function listMembers(entry: Exclude<Entry, CallEntry | ResultEntry>, { hash }: LineContext): object {
  switch (entry.event) {
    case 'refused-frame': {
      // Not its text: what cannot be read cannot be masked either.
      const { from, reason, length, line } = entry;
      return { from, reason: redactMessage(reason, hash), length, hash: line === null ? null : hash(line) };
    }
    case 'start': {
      const { version, command, files, pins, owner, part, previous, keepMs } = entry;
      const kept = { arguments: entry.arguments, keepDays: keepMs / 86_400_000 };
      return { version, command, files, pins, ...kept, owner, part, previous };
    }
    case 'grant':
    case 'revoke':
    case 'definition': {
      const { event: _, ...members } = entry;
      return { ...members, tool: redactText(entry.tool, hash) };
    }
    case 'pause':
    case 'policy':
    case 'package':
    case 'gap':
    case 'end': {
      const { event: _, ...members } = entry;
      return members;
    }
  }
}

function spellId(id: string, { hash }: LineContext): string {
  return escapeAscii(
    id.length <= MOST_ID ? redactToken(id, hash) : JSON.stringify(`[cut: hash ${hash(id)}]`),
  );
}

/** The few texts that come in every line: names of tools, rules and the like. */
const spelled = new Map<string, string>();
const MOST_SPELLED = 2_000;

function spell(text: string | null): string {
  if (text === null) return 'null';
  const known = spelled.get(text);
  if (known !== undefined) return known;
  const json = spellOnce(text);
  if (text.length <= 256) {
    if (spelled.size >= MOST_SPELLED) spelled.clear();
    spelled.set(text, json);
  }
  return json;
}

/** A client chooses which tool it names: that may be a secret. */
function spellOutside(text: string | null, { hash, names }: LineContext): string {
  if (text === null) return 'null';
  const known = names.get(text);
  if (known !== undefined) return known;
  const json = spellOnce(redactText(text, hash));
  if (names.size >= MOST_SPELLED) names.clear();
  if (text.length <= 256) names.set(text, json);
  return json;
}

function spellOnce(text: string): string {
  return escapeAscii(JSON.stringify(text));
}

const BEYOND_ASCII = /[^\x20-\x7e]/;
const ALL_BEYOND_ASCII = /[^\x20-\x7e]/g;

/** JSON leaves DEL, C1 controls, U+2028 and bidi controls raw; a terminal or a line reader might act on them. */
function escapeAscii(json: string): string {
  if (!BEYOND_ASCII.test(json)) return json;
  return json.replace(ALL_BEYOND_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
