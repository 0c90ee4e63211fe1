/** What a person is asked about one held call. */
export interface Question {
  /** Names this question and no other; an answer to another is no answer. */
  readonly key: string;
  readonly server: string;
  readonly tool: string;
  /** The server's own words about the tool; never shown as the guard's. */
  readonly title: string | null;
  readonly rule: string;
  readonly reason: string | null;
  /** The bytes of `arguments` as they will be forwarded, null where the call has none. */
  readonly arguments: Uint8Array | null;
  /** Other members of the call that change what runs: `task`, `inputResponses`, `requestState`. Bytes as forwarded. */
  readonly attachments: ReadonlyMap<string, Uint8Array>;
  /** From now; the call is refused when it has passed. */
  readonly timeoutMs: number;
}

export type YesScope = 'once' | 'tool' | 'call';

/** How a question ended. Anything but `yes` refuses the call. */
export type Answer =
  | { readonly kind: 'yes'; readonly scope: YesScope; readonly approver: string }
  | { readonly kind: 'no'; readonly approver: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'unavailable'; readonly why: string };

/** Somewhere a person can be asked. */
export interface Approver {
  /**
   * Asks, one question at a time and in order. Never rejects: whatever fails is `unavailable`. When `withdrawn` is
   * aborted the question disappears and the promise stays unsettled or settles with anything; it no longer counts.
   */
  ask(question: Question, withdrawn: AbortSignal): Promise<Answer>;
  /** Gives the terminal back, whatever was being asked. */
  close(): Promise<void>;
}
