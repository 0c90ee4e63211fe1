import type { Ground } from './ground.ts';
import { pickPath } from './path-readings.ts';

/** A file, or a folder with all that is in it. */
interface Place {
  /** Folded, absolute. */
  readonly path: string;
  /** The names on the way there. */
  readonly names: readonly string[];
  readonly isFolder: boolean;
}

/** A name that stands for others, or that other text stands beside. */
const OPEN_NAME = /[$%~`*?[\]{}\s'"&;|<>=(!#,:\p{Cc}]|^\.{0,2}$/u;

/** Files and folders of the guard's own, by every path that leads there. */
export class OwnPlaces {
  readonly #written: readonly Omit<Place, 'names'>[];
  readonly #places: readonly Place[];
  /** The last names of all places. A folder above may be moved; these stay in every path that leads there. */
  readonly #names: readonly string[];
  readonly #ground: Ground;

  constructor(files: readonly string[], folders: readonly string[], ground: Ground) {
    const path = pickPath(ground.platform);
    const place = (isFolder: boolean) => (written: string) => ({
      path: path.resolve(ground.cwd, written),
      isFolder,
    });
    this.#ground = ground;
    this.#written = [...files.map(place(false)), ...folders.map(place(true))];
    this.#places = this.#resolve();
    this.#names = [...new Set(this.#places.map(({ names }) => names.at(-1) ?? ''))];
  }

  /** Whether this absolute path, its links resolved or not, is one of them. */
  holds(path: string): boolean {
    const folded = fold(path);
    if (!this.#names.some((name) => folded.includes(name))) return false;
    return [...this.#places, ...this.#resolve()].some((place) => isIn(folded, place));
  }

  /** Whether a text with parts that cannot be told ends, or goes on, as the path of one of them does. */
  mayHold(text: string): boolean {
    const folded = fold(text);
    if (!this.#names.some((name) => folded.includes(name))) return false;
    const names = splitNames(folded);
    return this.#places.some((place) => names.some((_, index) => fitsAt(names, index, place)));
  }

  #resolve(): Place[] {
    return this.#written.flatMap(({ path, isFolder }) => {
      const paths = new Set([path, this.#ground.resolve(path) ?? path].map(fold));
      return [...paths].map((path) => ({ path, names: splitNames(path).filter(Boolean), isFolder }));
    });
  }
}

/** Whether the place's last name stands at `index`, and its others before it, as far as they can be told. */
function fitsAt(names: readonly string[], index: number, place: Place): boolean {
  const last = names[index]?.replace(/[^\p{L}\p{M}\p{N}._-].*$/su, '');
  if (last === '' || last !== place.names.at(-1) || !(place.isFolder || index === names.length - 1))
    return false;
  for (let back = 1; back < place.names.length; back++) {
    const name = names[index - back];
    if (name === undefined) return false;
    if (name !== place.names.at(-1 - back)) return OPEN_NAME.test(name);
  }
  return true;
}

function isIn(path: string, place: Place): boolean {
  if (!path.startsWith(place.path)) return false;
  return path.length === place.path.length || (place.isFolder && /[/\\]/.test(path[place.path.length] ?? ''));
}

function splitNames(path: string): string[] {
  return path.split(/[/\\]+/);
}

/** What no file system tells apart is the same here; two that some do are both held for own. */
function fold(path: string): string {
  return (/[^\0-\x7f]/.test(path) ? path.normalize('NFC') : path).toLowerCase();
}
