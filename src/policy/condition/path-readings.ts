import { posix, win32, type PlatformPath } from 'node:path';
import type { Ground } from './ground.ts';
import { spellPath } from './path-spellings.ts';

/** Where a text may lead. */
export interface PathReadings {
  /** Every spelling of it. */
  readonly texts: readonly string[];
  /** Absolute, with "." and ".." as they are written. */
  readonly paths: readonly string[];
  /** It may lead elsewhere too, and nobody can tell from here where. */
  readonly isOpen: boolean;
}

/** Links of the kernel that lead each process elsewhere. */
const MAGIC = /^\/+(?:proc\/+(?:self|thread-self|\d+)|dev\/+(?:fd|std(?:in|out|err)))(?:\/|$)/;
const MAGIC_DARWIN = /^\/+(?:\.vol|\.nofollow|\.resolve|System\/+Volumes)(?:\/|$)/i;
const DEVICE = /(?:^|\\)(?:con|nul|aux|prn|com\d|lpt\d|conin\$|conout\$)(?:[.:\\]|$)/i;

/** The path functions of a platform, whichever the guard itself runs on. */
export function pickPath(platform: NodeJS.Platform): PlatformPath {
  return platform === 'win32' ? win32 : posix;
}

/** Every place a server may take `value` for: relative to where it runs and to the home, `~`, `file://`. */
export function readPath(value: string, ground: Ground): PathReadings {
  const { texts, isOpen } = spellPath(value, ground.platform);
  const paths = new Set<string>();
  let open = isOpen;
  for (const text of texts) {
    const places = text === '' ? null : placeText(text, ground);
    open ||= places === null || places.some((path) => isMagic(path, ground.platform));
    for (const path of places ?? []) paths.add(path);
  }
  return { texts, paths: [...paths], isOpen: open };
}

/** Null where it cannot be told. */
function placeText(text: string, ground: Ground): readonly string[] | null {
  const { cwd, home, platform } = ground;
  const file = /^file:\/\/(?:localhost)?(?<path>\/[^?#]*)$/i.exec(text)?.groups?.['path'];
  if (file === undefined && /^file:/i.test(text)) return null;
  if (platform === 'win32') return placeWindows(file?.replace(/^\/+(?=[a-z]:)/i, '') ?? text, ground);
  if (file !== undefined) return [file];
  if (text.startsWith('/')) return [text];
  const literal = `${cwd}/${text}`;
  if (text === '~' || text.startsWith('~/')) return home === null ? null : [home + text.slice(1), literal];
  return home === null ? [literal] : [literal, `${home}/${text}`];
}

function placeWindows(written: string, { cwd, home }: Ground): readonly string[] | null {
  const text = written.replaceAll('/', '\\').replace(/^\\\\[?.]\\(?=[a-z]:\\)/i, '');
  const name = text.replace(/^[a-z]:\\/i, '');
  // Streams, folders of a drive, other machines, devices and short names lead where only Windows knows.
  if (name.includes(':') || text.startsWith('\\\\') || DEVICE.test(name) || /~\d/.test(name)) return null;
  if (name !== text) return [text[0]?.toUpperCase() + text.slice(1)];
  if (text.startsWith('\\')) return [win32.parse(cwd).root.replace(/\\$/, '') + text];
  const literal = `${cwd}\\${text}`;
  if (text === '~' || text.startsWith('~\\')) return home === null ? null : [home + text.slice(1), literal];
  return home === null ? [literal] : [literal, `${home}\\${text}`];
}

function isMagic(path: string, platform: NodeJS.Platform): boolean {
  if (platform === 'win32') return false;
  const plain = posix.normalize(path);
  return MAGIC.test(plain) || (platform === 'darwin' && MAGIC_DARWIN.test(plain));
}
