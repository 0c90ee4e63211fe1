import { createFinder } from './find-words.ts';
import { isSecretKey, KEY_STEMS } from './secret-key.ts';

/** What stands in a command, a header or a query that gives a secret without naming it. */
export const SCHEMES: readonly string[] =
  "basic |bearer|sig=|ature=|login |login\t|identified|-u|--user|--proxy|sshpass|mysql|redis-cli|password '".split(
    '|',
  );

const MOST_NAME = 80;
const MOST_VALUE = 300;
/** A text that gives values to so many names of secrets is none that has to be told apart. */
const MOST_NAMED = 300;

/** Headers of which everything is secret, blanks or not. */
const HEADER = /^(?:proxy-)?authorization$|^(?:set-)?cookie$/i;
/** What signs a URL for everyone who has it. */
const SIGNATURE = /^(?:sig|signature|x-(?:amz|goog)-(?:signature|security-token))$/i;
const SIGNED = /^[A-Za-z0-9%/+_-]{16}/;

/** What says in words what a value is, and words of programs: nobody's password. */
const NO_VALUE =
  /^(?:true|false|null|nil|none|undefined|string|str|number|int(?:eger)?|bool(?:ean)?|any|unknown|object|optional|required|text|bytes?|buffer|uint8array|secretstr|hidden|masked|redacted|missing|invalid|expired|incorrect|wrong|empty|void|never|varchar|char|type|the|a|an|not|no|yes|is)$/i;
/** An object in JSON, where it is no schema. */
const OBJECT =
  /^\s{0,8}\{\s{0,40}\\{0,3}"(?!(?:\$ref|type|title|description|anyOf|oneOf|allOf|required|properties|const|enum|default|format)\\{0,3}")/;
/** A variable, a template, something left out. */
const STAND_IN =
  /^(?:\$[{(]|\$[A-Z_][A-Z0-9_]*$|\$\{|%\(|%[sd]$|\{\{|<|\*{2}|x{3,}$|\.{3}|…|\/\^|\[(?:redacted|hidden|cut|masked))/i;
/** A call, an element or a member, as programs write them. */
const CODE =
  /^(?:await |new )?[A-Za-z_$][\w$]*(?:[.?!]{1,2}#?[A-Za-z_$][\w$]*)*[([]|^[A-Za-z_$]+(?:\??\.#?[A-Za-z_$]+){1,8}$/;

const COMMANDS: readonly RegExp[] = [
  /(?<![A-Za-z])bearer +(?=[A-Za-z_./~+-]{0,60}\d)[A-Za-z0-9._~+/-]{8}|(?<![A-Za-z])bearer +[A-Za-z0-9._~+/-]{16}/i,
  /(?<![A-Za-z])basic +(?=[A-Za-z+/]{0,60}[0-9A-Z])[A-Za-z0-9+/]{7,}={0,2}(?![A-Za-z0-9])/,
  /(?<!\S)(?:-u|--user|--proxy-user)[ =]["']?(?!\d+:\d+(?!\S))[^\s:"']{1,64}:(?![\s"'$<])[^\s"']/,
  /(?<![A-Za-z])login\s{1,8}\S{1,128}\s{1,8}password\s{1,8}\S/,
  /(?<![A-Za-z])(?:identified by|with password|password)\s{1,4}'(?!\.{3})[^']/i,
  /(?<![A-Za-z])sshpass\s{1,8}-p/,
  /(?<![A-Za-z])(?:redis-cli|(?:docker|podman|az|helm registry) login)\s[^\n]{0,160}?(?<=\s)-[ap][ =]?[^\s-]/,
  /(?<![A-Za-z])mysql(?:dump|admin)?\s[^\n]{0,160}?(?<=\s)-p[^\s-]/,
];
const OPTION =
  /(?<![^\s"'`])--?([A-Za-z][A-Za-z0-9_-]{0,63})[ \t]{1,8}["']?(?!(?:options?|flags?|arguments?|parameters?|switch|values?|is|and|or|to|with|for|from|in|on|instead|when|if|was|must|can|cannot|should)(?![^\s.,;]))(?![-|&;<>"'$])\S/g;
/** An object in JSON, YAML or a program whose one member names what the other one is. */
const NAMED =
  /["']?(?<![\w-])(?:name|key|header|variable|var)["'\\]{0,2}\s{0,8}[:=]\s{0,8}["'\\]{0,2}([\w.-]{1,80})(?![\w.-])(?=["'\\]|[ \t\r]*(?:\n|$|value[ \t]*[:=]|,[ \t]*value[^(){}\n]{1,200}\}))/gi;
const NAMED_VALUE = /(?<![\w-])value["'\\]{0,2}\s{0,8}[:=]\s{0,8}["'\\]{0,2}[^\s"'\\,}]/i;

const mayCommand = createFinder(SCHEMES).isIn;
const mayName = createFinder(KEY_STEMS, true).isIn;

/** Whether the text says of something in it that it is a secret: `PASSWORD=x`, `"token": "x"`, `--api-key x`. */
export function tellsSecret(text: string): boolean {
  const isSchemed = mayCommand(text);
  if (isSchemed && COMMANDS.some((command) => command.test(text))) return true;
  if (!isSchemed && !mayName(text)) return false;
  if (assignsSecret(text)) return true;
  for (const [, option = ''] of text.includes('-') ? text.matchAll(OPTION) : []) {
    if (isSecretKey(option)) return true;
  }
  if (!NAMED_VALUE.test(text)) return false;
  for (const [, name = ''] of text.matchAll(NAMED)) {
    if (isSecretKey(name)) return true;
  }
  return false;
}

/** `=`, `:` and `>` with a name before: in a query, an environment, YAML, JSON, a header, an element of XML. */
function assignsSecret(text: string): boolean {
  let named = 0;
  for (let at = 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== EQUALS && code !== COLON && code !== GREATER) continue;
    const name = isMark(text, at) ? findName(text, at) : '';
    if (name === '') continue;
    if (SIGNATURE.test(name)) {
      if (SIGNED.test(text.slice(at + 1, at + MOST_VALUE))) return true;
    } else if (isSecretKey(name)) {
      if (++named > MOST_NAMED || isAssigned(text, at, name)) return true;
    }
  }
  return false;
}

const EQUALS = 0x3d;
const COLON = 0x3a;
const GREATER = 0x3e;

/** Not comparisons, `::`, `://` and arrows. */
function isMark(text: string, at: number): boolean {
  const [mark, next] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  if (mark === COLON) return next !== COLON && next !== SLASH;
  return next !== EQUALS && !(mark === GREATER && text.charCodeAt(at - 1) === EQUALS);
}

const SLASH = 0x2f;
const NAME_CLOSER = /[\\"'`\] \t]/;
const NAME_SIGN = /[\w.-]/;

/** The name that ends before `at`; empty where none does. */
function findName(text: string, at: number): string {
  let end = at;
  while (end > at - MOST_CLOSERS && NAME_CLOSER.test(text.charAt(end - 1))) end--;
  let start = end;
  while (start > end - MOST_NAME && isNameSign(text, start - 1)) start--;
  const before = text.charAt(start - 1);
  // What stands between two colons is part of a name: `arn:aws:...:secret:x`.
  if (text.charCodeAt(at) === COLON && before === ':') return '';
  if (text.charCodeAt(at) === GREATER && before !== '<') return '';
  return text.slice(start, end);
}

const MOST_CLOSERS = 6;

function isNameSign(text: string, at: number): boolean {
  return at >= 0 && (NAME_SIGN.test(text.charAt(at)) || text.charCodeAt(at) > 0x7f);
}

function isAssigned(text: string, at: number, name: string): boolean {
  const mark = text.charAt(at);
  const value = text.slice(at + 1, at + MOST_VALUE).replace(/^[=>]/, '');
  if (mark === ':' && HEADER.test(name)) return isLiteral(value.trimStart().slice(0, 64), name);
  return isValue(value, name, mark);
}

function isValue(value: string, name: string, mark: string): boolean {
  if (mark === ':' && OBJECT.test(value)) return true;
  const quoted = /^[ \t]*[\\]{0,3}(["'`])((?:(?!\1|\\).){1,200})/.exec(value);
  if (quoted !== null) return isLiteral(quoted[2] ?? '', name);
  const [, blank = '', plain = '', rest = ''] = /^([ \t]*)([^\s,;&"'`)<}]+)([^\n]*)/.exec(value) ?? [];
  if (plain === '' || CODE.test(plain) || !isLiteral(plain, name)) return false;
  // Prose goes on behind the word, a value does not.
  const isAlone = /^[\s,;"'`)}\\]*(?:$|#)/.test(rest) || /^[&;"'`]/.test(rest);
  return isAlone || (mark !== ':' && blank === '') || /\d/.test(plain);
}

function isLiteral(value: string, name: string): boolean {
  // In a text the word has many meanings, and only digits are of this one.
  if (/pin$/i.test(name) && !/^\d{3}/.test(value)) return false;
  const bare = value.replace(/[.!?]+$/, '');
  if (bare === '' || '{[('.includes(bare.charAt(0)) || STAND_IN.test(bare) || NO_VALUE.test(bare))
    return false;
  const [one, other] = [bare, name].map((text) => text.toLowerCase().replaceAll(/[^a-z]/g, ''));
  return other === undefined || one === '' || !other.endsWith(one ?? '');
}
