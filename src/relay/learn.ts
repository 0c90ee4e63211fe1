import type { PinRecord } from '../catalogue/pins/pin-store.ts';
import { decide } from '../policy/decide.ts';
import { quote } from '../policy/quote.ts';
import { cutTools, readToolList, type ToolList } from '../protocol/tool-list.ts';
import { isToolName } from '../protocol/tool-name.ts';
import { sliceToken } from '../wire/token.ts';
import type { Effect } from './event.ts';
import { judgeAgain } from './judge-again.ts';
import { describeListed } from './query.ts';
import type { State } from './state.ts';

/** How many new tools of one answer get a line of their own in the log. */
const MOST_NEW = 100;

/**
 * An answer to tools/list: its definitions are remembered and compared with the pinned ones, and the hidden tools left
 * out; every other byte stays. Pages need no gathering, since each tool is compared with its own pin.
 */
export function learnTools(state: State, bytes: Buffer, now: number): Effect[] {
  const list = readToolList(bytes);
  if (list === null) return [{ kind: 'to-client', bytes }];
  const isFirst = !state.tools.hasPins;
  const news = listNews(state, bytes, list);
  const changed = new Set(news.filter(({ kind }) => kind === 'seen').map(({ tool }) => tool));
  const waiting = [...state.asked.values()].filter(({ call }) => changed.has(call.tool));
  const why = 'the definition of the tool has changed';
  return [
    ...logNews(news, isFirst),
    ...(state.policy.pin === 'off' ? [] : keepNews(news, [...changed])),
    { kind: 'to-client', bytes: state.settings.dryRun ? bytes : hideTools(state, bytes, list) },
    ...waiting.flatMap((asked) => judgeAgain(state, asked, why, now)),
  ];
}

/** A definition that was not there before, or is not the pinned one. */
type News = Extract<PinRecord, { kind: 'pin' | 'seen' }>;

function listNews({ tools }: State, bytes: Buffer, list: ToolList): News[] {
  return list.tools.flatMap(({ name, token }): News[] => {
    // What can never be called need not be remembered.
    const learned = isToolName(name) ? tools.learn(name, sliceToken(bytes, token)) : 'unkept';
    if (learned === 'same' || learned === 'unkept') return [];
    const definition = learned === 'new' ? tools.findPin(name) : tools.findChange(name)?.now;
    if (definition === undefined || definition === null) return [];
    return [{ kind: learned === 'new' ? 'pin' : 'seen', tool: name, definition }];
  });
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
