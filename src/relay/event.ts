import type { Answer, Question } from '../approval/question.ts';
import type { Entry } from '../audit/entry.ts';

/** What can happen to a session. Everything it learns of the outside world comes in as one of these. */
export type Event =
  | { readonly kind: 'client-line'; readonly bytes: Buffer }
  | ({ readonly kind: 'client-too-long' } & Skipped)
  | { readonly kind: 'client-end' }
  | { readonly kind: 'server-line'; readonly bytes: Buffer }
  | ({ readonly kind: 'server-too-long' } & Skipped)
  | { readonly kind: 'server-end'; readonly how: string }
  | { readonly kind: 'answer'; readonly key: string; readonly answer: Answer }
  /** The log line of this call could not be written, so its `to-server` was not carried out. */
  | { readonly kind: 'unlogged'; readonly call: string; readonly why: string };

/** A line that was longer than is read: its length and its two ends. */
export interface Skipped {
  readonly length: number;
  readonly head: Buffer;
  readonly tail: Buffer;
}

/** What a session asks for. Carried out in order by the relay, the only one who touches anything. */
export type Effect =
  | { readonly kind: 'log'; readonly entry: Entry }
  /** With a `call` (its id key): only once the log lines before it are on disk, else the session hears `unlogged`. */
  | { readonly kind: 'to-server'; readonly bytes: Buffer; readonly call: string | null }
  | { readonly kind: 'to-client'; readonly bytes: Buffer }
  | { readonly kind: 'ask'; readonly question: Question }
  | { readonly kind: 'withdraw'; readonly key: string; readonly why: string }
  /** Words for people, on stderr. */
  | { readonly kind: 'note'; readonly level: 'warn' | 'info' | 'debug'; readonly text: string };
