import type { PinRecord } from '../catalogue/pins/pin-store.ts';
import { decide } from '../policy/decide.ts';
import { quote } from '../policy/quote.ts';
import { readServerLine } from '../protocol/read-server.ts';
import { renderError } from '../protocol/refusal.ts';
import { cutTools, hasDoubtfulList, readToolList, type ToolList } from '../protocol/tool-list.ts';
import { isToolName } from '../protocol/tool-name.ts';
import { sliceToken } from '../wire/token.ts';
import type { Effect } from './event.ts';
import { judgeAgain } from './judge-again.ts';
import { endYeses } from './pins.ts';
import { describeListed } from './query.ts';
import type { State } from './state.ts';

/** How many new tools of one answer get a line of their own in the log. */
const MOST_NEW = 100;

/**
 * An answer to tools/list: its definitions are remembered and compared with the pinned ones, and the hidden tools left
 * out; every other byte stays. Pages need no gathering, since each tool is compared with its own pin.
 */
export function learnTools(state: State, bytes: Buffer, now: number): Effect[] {
  if (hasDoubtfulList(bytes)) return refuseList(bytes);
  const list = readToolList(bytes);
  if (list === null) return [{ kind: 'to-client', bytes }];
  const isFirst = !state.tools.hasPins;
  const { news, lost } = learnList(state, bytes, list);
  const changed = news.filter(({ kind }) => kind === 'seen').map(({ tool }) => tool);
  for (const tool of [...changed, ...lost]) endYeses(state, tool, now);
  const doubt = 'tools whose names some clients would read otherwise than others';
  return [
    ...(list.doubtful.size === 0 ? [] : tellDoubt(bytes, doubt)),
    ...logNews(news, isFirst),
    ...(state.policy.pin === 'off' ? [] : keepNews(news, changed)),
    { kind: 'to-client', bytes: state.settings.dryRun ? bytes : hideTools(state, bytes, list) },
    ...judgeWaiting(state, list, now),
  ];
}

/** Nobody can tell which definitions such a list brings, so the client gets none of them. */
function refuseList(bytes: Buffer): Effect[] {
  const message = readServerLine(bytes);
  const id = message.kind === 'response' && message.id !== null ? message.id.token : 'null';
  const text =
    'mcp-guard could not pass on the list of tools: the server gave several of them in one answer.';
  return [
    ...tellDoubt(bytes, 'an answer to tools/list in which some clients would find another list than others'),
    { kind: 'to-client', bytes: renderError(id, -32603, text) },
  ];
}

function tellDoubt(bytes: Buffer, reason: string): Effect[] {
  const { length } = bytes;
  return [
    { kind: 'log', entry: { event: 'refused-frame', from: 'server', reason, line: bytes, length } },
    { kind: 'note', level: 'warn', text: `kept from the client: ${reason}` },
  ];
}

/** What was asked before the list came may be about other words than those that count now. */
function judgeWaiting(state: State, { tools }: ToolList, now: number): Effect[] {
  if (state.asked.size === 0) return [];
  const names = new Set(tools.map(({ name }) => name));
  const waiting = [...state.asked.values()].filter(({ call }) => call.other === null && names.has(call.tool));
  return waiting.flatMap((asked) => judgeAgain(state, asked, 'the definition of the tool has changed', now));
}

/** A definition that was not there before, or is not the pinned one. */
type News = Extract<PinRecord, { kind: 'pin' | 'seen' }>;

interface Lesson {
  readonly news: readonly News[];
  /** Tools that there was no room to remember. */
  readonly lost: ReadonlySet<string>;
}

function learnList({ tools }: State, bytes: Buffer, list: ToolList): Lesson {
  const news = new Map<string, News>();
  const lost = new Set<string>();
  for (const { name, token } of list.tools) {
    // What can never be called need not be remembered.
    if (!isToolName(name)) continue;
    const learned = tools.learn(name, sliceToken(bytes, token));
    if (learned === 'unkept') lost.add(name);
    const definition = learned === 'new' ? tools.findPin(name) : tools.findChange(name)?.now;
    if (learned === 'same' || learned === 'unkept' || definition === undefined || definition === null)
      continue;
    const kind = learned === 'new' ? 'pin' : 'seen';
    // Of many changes in one list the last: a name listed without end must fill neither log nor disk.
    news.set(`${kind} ${name}`, { kind, tool: name, definition });
  }
  return { news: [...news.values()], lost };
}

/** Of the first list of a server everything is new, which is no news. */
function logNews(news: readonly News[], isFirst: boolean): Effect[] {
  const added = isFirst ? [] : news.filter(({ kind }) => kind === 'pin').slice(0, MOST_NEW);
  const changed = news.filter(({ kind }) => kind === 'seen');
  return [...added, ...changed].map(({ kind, tool, definition: { hash } }) => {
    const outcome = kind === 'pin' ? 'new' : 'changed';
    return { kind: 'log', entry: { event: 'definition', tool, outcome, hash } };
  });
}

function keepNews(news: readonly News[], changed: readonly string[]): Effect[] {
  if (news.length === 0) return [];
  const kept: Effect = { kind: 'pin', records: news };
  return changed.length === 0 ? [kept] : [kept, tellChanged(changed)];
}

function hideTools(state: State, bytes: Buffer, list: ToolList): Buffer {
  return cutTools(bytes, list, (name) => decide(state.policy, describeListed(state, name)).hide);
}

function tellChanged(names: readonly string[]): Effect {
  const shown = names
    .slice(0, 5)
    .map((name) => quote(name))
    .join(', ');
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  const text = `the server describes ${shown}${more} differently than when it was pinned: mcp-guard pins diff shows how`;
  return { kind: 'note', level: 'warn', text };
}
