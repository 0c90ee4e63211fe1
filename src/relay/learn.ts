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
  const effects: Effect[] = [];
  const records: PinRecord[] = [];
  const changed = new Set<string>();
  for (const entry of list.tools) {
    // What can never be called need not be remembered.
    if (!isToolName(entry.name)) continue;
    const raw = sliceToken(bytes, entry.token);
    const learned = state.tools.learn(entry.name, raw);
    if (learned === 'same' || learned === 'unkept') continue;
    const definition =
      learned === 'new' ? state.tools.findPin(entry.name) : state.tools.findChange(entry.name)?.now;
    if (definition === undefined || definition === null) continue;
    records.push({ kind: learned === 'new' ? 'pin' : 'seen', tool: entry.name, definition });
    if (learned === 'changed') changed.add(entry.name);
    if (learned === 'new' && (isFirst || records.length > MOST_NEW)) continue;
    const { hash } = definition;
    effects.push({ kind: 'log', entry: { event: 'definition', tool: entry.name, outcome: learned, hash } });
  }
  if (records.length > 0 && state.policy.pin !== 'off') effects.push({ kind: 'pin', records });
  if (changed.size > 0 && state.policy.pin !== 'off') effects.push(tellChanged([...changed]));
  effects.push({ kind: 'to-client', bytes: state.settings.dryRun ? bytes : hideTools(state, bytes, list) });
  const waiting = [...state.asked.values()].filter(({ call }) => changed.has(call.tool));
  const why = 'the definition of the tool has changed';
  return [...effects, ...waiting.flatMap((asked) => judgeAgain(state, asked, why, now))];
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
