import type { StoredGrant } from '../approval/grant-store.ts';
import type { Answer, Question } from '../approval/question.ts';
import type { Entry } from '../audit/entry.ts';
import type { Definition } from '../catalogue/pins/definition.ts';
import type { PinRecord } from '../catalogue/pins/pin-store.ts';
import type { Package } from '../catalogue/pins/package.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { Profile } from '../policy/profile.ts';
import type { Opening } from '../policy/policy.ts';

/** What can happen to a session. Everything it learns of the outside world comes in as one of these. */
export type Event =
  | { readonly kind: 'client-line'; readonly bytes: Buffer }
  | ({ readonly kind: 'client-too-long' } & Skipped)
  | { readonly kind: 'client-end' }
  | { readonly kind: 'server-line'; readonly bytes: Buffer }
  | ({ readonly kind: 'server-too-long' } & Skipped)
  | { readonly kind: 'server-end'; readonly how: string }
  /** From a console or the guard's own terminal; `unavailable` is always the terminal's. */
  | { readonly kind: 'answer'; readonly key: string; readonly answer: Answer }
  /** Consoles are let in from now on (`listening`), soon (`opening`), or cannot be (`closed`). */
  | { readonly kind: 'hub'; readonly is: 'opening' | 'listening' | 'closed' }
  /** So many consoles are attached now. */
  | { readonly kind: 'consoles'; readonly count: number }
  /** Somebody looks at this question in a console. */
  | { readonly kind: 'attended'; readonly key: string }
  /** The window that was opened has gone, or could not be opened. */
  | { readonly kind: 'no-window'; readonly why: string }
  | { readonly kind: 'paused'; readonly on: boolean }
  | { readonly kind: 'revoked'; readonly id: string }
  /** A grant that was given before this run. */
  | { readonly kind: 'remembered'; readonly grant: StoredGrant; readonly leftMs: number }
  /** A saved policy was read and found sound; `notices` are sentences about it. */
  | { readonly kind: 'policy'; readonly policy: CompiledPolicy; readonly notices: readonly string[] }
  /** A saved policy cannot be used. `why`: with place and excerpt; `summary`: in one line. */
  | { readonly kind: 'policy-kept'; readonly why: string; readonly summary: string }
  /** Somebody accepted, or forgot, what was pinned. */
  | { readonly kind: 'pins'; readonly pinned: ReadonlyMap<string, Definition> }
  /** Which package the launcher has started, and which one it was before; null: never known. */
  | { readonly kind: 'package'; readonly is: Package; readonly was: Package | null }
  /** The clock has come to what `nextDue` said. */
  | { readonly kind: 'tick' }
  /** The machine slept so long, in ms, which the monotonic clock does not count. */
  | { readonly kind: 'slept'; readonly ms: number }
  /** The log line of this call could not be written, so its `to-server` was not carried out. */
  | { readonly kind: 'unlogged'; readonly call: string; readonly why: string };

/** A line that was longer than is read: its length and its two ends. */
export interface Skipped {
  readonly length: number;
  readonly head: Buffer;
  readonly tail: Buffer;
}

/** A grant to be kept in the state folder. */
export type Keepsake = Omit<StoredGrant, 'until' | 'given'>;

/** When a question was first asked, and when nobody can answer it any more. Monotonic ms. */
export interface Timing {
  readonly askedAt: number;
  readonly endsAt: number;
}

/** What a session asks for. Carried out in order by the relay, the only one who touches anything. */
export type Effect =
  | { readonly kind: 'log'; readonly entry: Entry }
  /** With a `call` (its id key): only once the log lines before it are on disk, else the session hears `unlogged`. */
  | { readonly kind: 'to-server'; readonly bytes: Buffer; readonly call: string | null }
  | { readonly kind: 'to-client'; readonly bytes: Buffer }
  /** Anew, or again: the call was refused, and has come back. */
  | {
      readonly kind: 'ask';
      readonly question: Question;
      /** The file that the rule stands in, or `built-in`. */
      readonly layer: string;
      /** What the tool can do, as the policy was asked about it. */
      readonly profile: Profile;
      readonly timing: Timing;
      readonly places: { readonly console: boolean; readonly terminal: boolean };
    }
  /** The call was refused; a yes in a console still counts until then. */
  | { readonly kind: 'late'; readonly key: string; readonly timing: Timing }
  | { readonly kind: 'withdraw'; readonly key: string; readonly why: string }
  /** Told in consoles: the policy was reloaded, or cannot be. */
  | { readonly kind: 'policy'; readonly text: string; readonly isBroken: boolean }
  | { readonly kind: 'open'; readonly opening: Opening; readonly tool: string }
  /** Definitions that were seen for the first time, or are new beside the pinned ones; kept in the state folder. */
  | { readonly kind: 'pin'; readonly records: readonly PinRecord[] }
  /** A yes that outlives the session. `lastsMs`: from now. */
  | {
      readonly kind: 'remember';
      readonly grant: Keepsake;
      readonly lastsMs: number;
    }
  /** Words for people, on stderr. */
  | {
      readonly kind: 'note';
      readonly level: 'warn' | 'info' | 'debug';
      readonly text: string;
      /** Lines with a layout, made visible already. */
      readonly below?: string;
    };
