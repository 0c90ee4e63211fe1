import type { Category, Risk } from '../policy/profile.ts';

/** What a person is asked about one held call. */
export interface Question {
  /** Names this question and no other, unguessably; an answer to another is no answer. */
  readonly key: string;
  readonly server: string;
  readonly tool: string;
  /** The server's own words about the tool; never shown as the guard's. */
  readonly title: string | null;
  /** What the tool can do; null for what is no tool. */
  readonly profile: ShownProfile | null;
  /** Where its definition is not the one that was pinned; null where it is. */
  readonly change: DefinitionChange | 'unknown' | null;
  readonly rule: string;
  readonly reason: string | null;
  /** The bytes of `arguments` as they will be forwarded, null where the call has none. */
  readonly arguments: Uint8Array | null;
  /** Other members of the call that change what runs: `task`, `inputResponses`, `requestState`. Bytes as forwarded. */
  readonly attachments: ReadonlyMap<string, Uint8Array>;
  /** From now; the call is refused when it has passed. */
  readonly timeoutMs: number;
  /** Equal for calls that are alike in everything, which may stand on one card; each gets an answer of its own. */
  readonly group: string;
  readonly history: History;
  /** Whether "always" could be written: not where the rule that asked is a limit, or the policy is nobody's file. */
  readonly allowsAlways: boolean;
}

/** What a tool can do, as a person is shown it. */
export interface ShownProfile {
  readonly category: Category;
  readonly risk: Risk;
  /** Sentences, the weightiest first; quoted words may be the server's. */
  readonly evidence: readonly string[];
}

/** A definition as canonical JSON, once and now. All of it is the server's word. */
export interface DefinitionChange {
  readonly was: string;
  readonly now: string;
}

/** How this tool was asked about and answered before, in this session. */
export interface History {
  readonly asked: number;
  readonly allowed: number;
  readonly refused: number;
  /** The `arguments` of the last call of this tool that a person allowed; null where there is none, or it is too long to keep. */
  readonly lastAllowed: Uint8Array | null;
}

/** How long a yes holds that is meant for more than one call. `always` also writes the rule into the policy. */
export type Lasts =
  | { readonly kind: 'session' }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'calls'; readonly count: number }
  | { readonly kind: 'always' };

/** `tool`: any call of the tool. `call`: exactly this one. */
export type YesScope = 'once' | 'tool' | 'call';

/** What a person chose. */
export type Choice =
  /** `lasts` says nothing where the scope is `once`. */
  | { readonly kind: 'yes'; readonly scope: YesScope; readonly lasts: Lasts }
  /** `message` is for the agent to read. */
  | { readonly kind: 'no'; readonly message: string | null };

/** Where a question was answered. */
export type Approver = 'console' | 'terminal' | 'client';

/** How a question ended at one of the places it was shown in. Anything but `yes` refuses the call. */
export type Answer =
  | (Choice & { readonly approver: Approver })
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unavailable'; readonly why: string };

/** A terminal a person can be asked in. */
export interface Asker {
  /**
   * Asks, one question at a time and in order. Never rejects: whatever fails is `unavailable`. When `withdrawn` is
   * aborted the question disappears and the promise stays unsettled or settles with anything; it no longer counts.
   */
  ask(question: Question, withdrawn: AbortSignal): Promise<Answer>;
  /** Gives the terminal back, whatever was being asked. */
  close(): Promise<void>;
}
