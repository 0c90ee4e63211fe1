import type { Profile } from '../profile.ts';

/** What deciding must know of the machine and of tools. Handed in, so that deciding itself touches nothing. */
export interface Ground {
  /** The server's working directory, absolute. */
  readonly cwd: string;
  readonly home: string | null;
  readonly platform: NodeJS.Platform;
  /** The guard's own folders, absolute: its configuration and its state. */
  readonly own: readonly string[];
  /**
   * The absolute path with every link of the part that exists resolved, the rest as it is written; null where that
   * cannot be told (a loop of links, a folder that may not be looked into). Never throws.
   */
  resolve(path: string): string | null;
  /**
   * Whether something stands there, be it a link that leads nowhere; true where that cannot be told. Much cheaper than
   * `resolve`; where it is left out, everything is resolved.
   */
  readonly exists?: (path: string) => boolean;
  /** What a tool can do as far as its name tells, for the tests of a policy: as if a server had listed just that. */
  classify(tool: string): Profile;
}
