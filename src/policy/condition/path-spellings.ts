import { hasLoneSurrogate } from '../../wire/token.ts';

/** What a reader may make of a text before it takes it for a path. */
export interface Spellings {
  /** The text as it is comes first. */
  readonly texts: readonly string[];
  /** Some reader may take it for a path that cannot be told from here: it holds a variable, a pattern, a list. */
  readonly isOpen: boolean;
}

/** No platform opens a longer path. */
const MOST_BYTES = 4_096;
const MOST_SPELLINGS = 32;

/** Means the same to every reader, so long as the platform is not one that drops trailing dots. */
const PLAIN = /^[A-Za-z0-9_./][A-Za-z0-9_./-]*$/;

/** Variables, patterns, entities, controls. */
const WILD = /[\p{Cc}`$*?[{]|%[^%/\\]+%|&#?\w+;/u;
/** Escapes that some reader undoes. */
const ESCAPE = /\\[0-7xuUN]/;
/** More than one path in a text: one that begins behind a separator, or leads up behind one. */
const LIST = /[\s,;:|&<>](?:[/\\~%]|\.\.(?:[/\\]|$)|[a-z]:[/\\]|file:)/i;
const SEPARATOR = /[\s,;:|&<>]/;
/** An option, a reference, another user's home. */
const LEAD = /^(?:[-@=!|<>&(:+#;,]|~[^/\\])/;
const SCHEME = /^[a-z][a-z0-9+.-]+:/i;
/** Nobody opens a file by these. */
const REMOTE = /^(?:https?|wss?|ftp|s3|gs):\/\//i;
const SLASHES = /[\u2044\u2215\u2571\u29f8\u29f9\ufe68]/;
const IGNORED = /\p{Default_Ignorable_Code_Point}/u;

/** Whether no reader can be expected to take this for one path and always the same. */
export function isUnreadable(value: string): boolean {
  return value.length > MOST_BYTES || /\0/.test(value) || !fits(value) || hasLoneSurrogate(value);
}

/** Every spelling that a reader may get from the text: trimmed, unquoted, decoded, with other separators. */
export function spellPath(value: string, platform: NodeJS.Platform): Spellings {
  if (PLAIN.test(value) && platform !== 'win32') return { texts: [value], isOpen: false };
  const texts = new Set([value]);
  let isOpen = false;
  // A set is walked to its end, with what is added on the way.
  for (const text of texts) {
    if (texts.size > MOST_SPELLINGS) return { texts: [...texts], isOpen: true };
    isOpen ||= isOpenText(text, platform);
    for (const respell of platform === 'win32' ? RESPELL_WINDOWS : RESPELL) {
      const other = respell(text);
      if (other === null) isOpen = true;
      else texts.add(other);
    }
  }
  return { texts: [...texts], isOpen };
}

function fits(value: string): boolean {
  return value.length * 3 <= MOST_BYTES || Buffer.byteLength(value) <= MOST_BYTES;
}

function isOpenText(text: string, platform: NodeJS.Platform): boolean {
  if (REMOTE.test(text)) return /\s/.test(text);
  const isWindows = platform === 'win32';
  const path = text.replace(isWindows ? /^(?:file:\/\/)?[/\\]*(?:[?.][/\\])?[a-z]:/i : /^file:\/\//i, '');
  if (path === '' || WILD.test(path) || isList(path) || LEAD.test(path) || SCHEME.test(path)) return true;
  if (platform === 'darwin' && IGNORED.test(path)) return true;
  if (!isWindows && (ESCAPE.test(path) || /^(?:[a-z]:|\\\\)/i.test(path))) return true;
  return isOpenScript(path);
}

function isList(path: string): boolean {
  const separator = path.search(SEPARATOR);
  if (separator === -1) return false;
  return LIST.test(path) || /[/\\]\.\.(?:[/\\]|$)/.test(path.slice(separator));
}

/** Letters beyond ASCII that some reader turns into separators, dots and the like. */
function isOpenScript(text: string): boolean {
  const letters = text.replaceAll(/[\0-\x7f]+/g, '');
  return letters !== '' && (SLASHES.test(letters) || /[./\\~:%$*?]/.test(letters.normalize('NFKC')));
}

type Respell = (text: string) => string | null;

const COMMON: readonly Respell[] = [
  (text) => text.trim(),
  (text) => text.replaceAll(/['"]/g, ''),
  decodePercents,
  (text) => text.normalize('NFC'),
];
const RESPELL: readonly Respell[] = [
  ...COMMON,
  (text) => text.replaceAll('\\', '/'),
  // As a shell reads it.
  (text) => text.replaceAll(/\\(?=.)/gs, ''),
];
const RESPELL_WINDOWS: readonly Respell[] = [...COMMON, dropTails];

function decodePercents(text: string): string | null {
  try {
    return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodeURIComponent);
  } catch {
    return null;
  }
}

/** Windows drops dots and spaces at the end of a name; of ".. " it is not known what becomes. */
function dropTails(text: string): string | null {
  if (/(?:^|[/\\])\.\.[. ]+(?:[/\\]|$)/.test(text)) return null;
  return text.replaceAll(/(?<=[^/\\. ])[. ]+(?=[/\\]|$)/g, '');
}
