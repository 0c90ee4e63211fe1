import type { Readable, Writable } from 'node:stream';

/** A server that somebody started, and will end. */
export interface Peer {
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Settles when the process has ended, with words for how: `exit code 3`. Never rejects. */
  readonly ended: Promise<string>;
}
