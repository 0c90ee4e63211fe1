import { isSecretKey, isSecretValue } from '../policy/secret.ts';
import { type Change, compareJson } from './compare-json.ts';
import { decodeString } from './json-cursor.ts';
import { renderField, type Screen } from './row.ts';
import { count } from './split-json.ts';
import { type Piece, quoteVisible, say, splitVisible } from './visible.ts';

/** In the summary no more than these are told, and of a value no more characters. */
const MOST_CHANGES = 8;
const MOST_VALUE = 60;
const BARE_KEY = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** What differs from the last call of this tool that a person allowed. `isFull`: all of it, no secret hidden. */
export function* renderChanges(
  before: string,
  after: string,
  screen: Screen,
  isFull: boolean,
): Generator<string> {
  const changes = compareJson(before, after);
  if (changes === null || changes.length === 0) {
    const what = changes === null ? 'too long to compare with' : 'the same arguments as in';
    yield* renderField('changes', [say(`${what} the last call you allowed`)], screen);
    return;
  }
  yield* renderField('changes', [say('since the last call you allowed')], screen);
  const shown = isFull ? changes : changes.slice(0, MOST_CHANGES);
  for (const change of shown) yield* renderChange(change, screen, isFull);
  const more = changes.length - shown.length;
  if (more > 0) yield* renderField('', [say(`and ${count(more)} more, v shows all`)], screen);
}

function renderChange({ path, before, after }: Change, screen: Screen, isFull: boolean): string[] {
  const isSecret = !isFull && path.some((key) => typeof key === 'string' && isSecretKey(key));
  const show = (token: string): Piece[] => renderToken(token, screen, { isSecret, isFull });
  const label = before === null ? 'new' : after === null ? 'gone' : 'changed';
  const value = [
    ...(before === null ? [] : show(before)),
    ...(before === null || after === null ? [] : [say(' -> ')]),
    ...(after === null ? [] : show(after)),
  ];
  return renderField(`  ${label}`, [...renderPath(path, screen), say(': '), ...value], screen);
}

function renderPath(path: Change['path'], { charset }: Screen): Piece[] {
  if (path.length === 0) return [say('all of it')];
  return path.flatMap((step, index) => {
    if (typeof step === 'number') return [say(`[${step}]`)];
    const name = BARE_KEY.test(step) ? [say(step)] : [...quoteVisible(step, charset)];
    return index === 0 ? name : [say('.'), ...name];
  });
}

function renderToken(
  token: string,
  { charset }: Screen,
  { isSecret, isFull }: { readonly isSecret: boolean; readonly isFull: boolean },
): Piece[] {
  const value = token.startsWith('"') ? decodeString(token) : null;
  if (isSecret || (!isFull && value !== null && isSecretValue(value))) return [say('[hidden]')];
  const text = value ?? token;
  const part = isFull || text.length <= MOST_VALUE ? text : text.slice(0, MOST_VALUE);
  const cut = part.length === text.length ? [] : [say(` [cut: ${count(text.length)} characters]`)];
  return [...(value === null ? splitVisible(part, charset) : quoteVisible(part, charset)), ...cut];
}
