import { decodeString } from '../../wire/token.ts';
import { visitStrings, type StringToken } from '../../wire/strings.ts';
import type { Ground } from './ground.ts';
import { OwnPlaces } from './own-places.ts';
import { pickPath, readPath } from './path-readings.ts';
import { isUnreadable } from './path-spellings.ts';

/** A longer token holds no path, however its letters are escaped, and JSON inside a string is looked into up to here. */
const MOST_BYTES = 65_536;
/** Strings looked up, and of these paths resolved, long ones counting more, in one call; what has more is asked about. */
const MOST_STRINGS = 10_000;
const MOST_RESOLVED = 1_000;
/** JSON in a string in a string. */
const MOST_NESTED = 3;
/** The name of a parameter. */
const PARAMETER = /^[A-Za-z_][\w-]*$/;
/** One name, or a sentence, which all readers take alike: there is nothing in it to decode, to split or to follow. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_ ,.?!()=+-]{0,254}(?<![ .])$/;

/**
 * Whether a string anywhere in the arguments, which are raw JSON, leads under any reading to one of `files` or into one
 * of `folders`; true also where there are more strings than can be looked up.
 */
export function compileOwnFiles(
  files: readonly string[],
  folders: readonly string[],
  ground: Ground,
): (args: Buffer) => boolean {
  const places = new OwnPlaces(files, folders, ground);
  const bases = findBases(ground);
  return (args) => new Search(places, bases, ground).visit(args, 0);
}

/** A folder that relative paths start from. */
interface Base {
  /** With a separator behind it. */
  readonly prefix: string;
  readonly real: string;
  readonly isReal: boolean;
}

function findBases(ground: Ground): readonly Base[] {
  const path = pickPath(ground.platform);
  return [...new Set([ground.cwd, ground.home ?? ground.cwd])].map((folder) => {
    const real = ground.resolve(folder) ?? folder;
    const prefix = path.resolve(folder).replace(/[/\\]?$/, path.sep);
    return { prefix, real, isReal: prefix === real || prefix === real + path.sep };
  });
}

/** One walk through the arguments of one call. */
class Search {
  readonly #places: OwnPlaces;
  readonly #bases: readonly Base[];
  readonly #ground: Ground;
  readonly #seen = new Set<string>();
  #resolved = 0;

  constructor(places: OwnPlaces, bases: readonly Base[], ground: Ground) {
    this.#places = places;
    this.#bases = bases;
    this.#ground = ground;
  }

  visit(json: Buffer, nested: number): boolean {
    return visitStrings(json, (string) => this.#visitString(json, string, nested));
  }

  #visitString(json: Buffer, string: StringToken, nested: number): boolean {
    if (string.end - string.start > MOST_BYTES) return false;
    const text = decodeString(json, string);
    if (string.isKey && string.depth === 1 && nested === 0 && PARAMETER.test(text)) return false;
    if (this.#seen.has(text)) return false;
    this.#seen.add(text);
    if (this.#seen.size > MOST_STRINGS) return true;
    if (NAME.test(text) ? this.#namesOwn(text) : this.#leadsToOwn(text)) return true;
    return nested < MOST_NESTED && isJson(text) && this.visit(Buffer.from(text), nested + 1);
  }

  /** As `#leadsToOwn`, of a single name. Where nothing stands under it in a folder that is no link, it leads nowhere else. */
  #namesOwn(name: string): boolean {
    const { exists } = this.#ground;
    if (name.includes('?') && this.#places.mayHold(name)) return true;
    return this.#bases.some(({ prefix, isReal }) => {
      const path = prefix + name;
      return isReal && exists?.(path) === false ? this.#places.holds(path) : this.#isOwn(path);
    });
  }

  #leadsToOwn(text: string): boolean {
    // Whole texts are no paths; one that speaks of a path of ours may be a script.
    if (/[\n\r]/.test(text.trim()) && !this.#places.mayHold(text)) return false;
    // A reader in C takes what stands before the NUL.
    if (isUnreadable(text))
      return text.length < MOST_BYTES && this.#places.mayHold(text.replace(/\0.*$/s, ''));
    const { texts, paths, isOpen } = readPath(text, this.#ground);
    if (isOpen && texts.some((text) => this.#places.mayHold(text))) return true;
    return paths.some((path) => this.#isOwn(path));
  }

  #isOwn(path: string): boolean {
    const plain = /[/\\][./\\]/.test(path) ? pickPath(this.#ground.platform).normalize(path) : path;
    if (this.#places.holds(plain)) return true;
    const real = this.#guess(plain) ?? this.#resolve(plain);
    if (real === null || (real !== plain && this.#places.holds(real))) return true;
    // Links first, then "..": that may be another place.
    if (!/[/\\]\.\.(?:[/\\]|$)/.test(path)) return false;
    const walked = this.#resolve(path);
    return walked === null || this.#places.holds(walked);
  }

  /** Where a path must lead whose first name below a base stands nowhere; null where it has to be looked up. */
  #guess(plain: string): string | null {
    const { exists, platform } = this.#ground;
    const base = this.#bases.find(({ prefix }) => plain.startsWith(prefix));
    if (base === undefined || exists === undefined) return null;
    const end = plain.slice(base.prefix.length).search(/[/\\]/);
    const first = end === -1 ? plain : plain.slice(0, base.prefix.length + end);
    if (exists(first)) return null;
    return base.isReal ? plain : pickPath(platform).join(base.real, plain.slice(base.prefix.length));
  }

  /** Null only where too much was looked up already; what cannot be told is left as it is written. */
  #resolve(path: string): string | null {
    this.#resolved += 1 + path.length / 256;
    if (this.#resolved > MOST_RESOLVED) return null;
    return this.#ground.resolve(path) ?? path;
  }
}

/** Whether a text is an object, a list or a string in JSON. */
function isJson(text: string): boolean {
  if (!/^\s*[{["]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
