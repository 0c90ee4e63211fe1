/** A request id. JSON-RPC ids are equal only when type and value are: 1 is not "1". */
export interface Id {
  /** `n:7` or `s:abc`, decoded. */
  readonly key: string;
  /** The raw JSON token, which an answer repeats byte for byte. */
  readonly token: string;
}

/** `modern`: requests of 2026-07-28, which say so each; `legacy`: those of a session begun by `initialize`. */
export type Era = 'legacy' | 'modern';

export type AttachmentName = 'task' | 'inputResponses' | 'requestState';

/** What a tools/call asks for. All bytes are views of the line. */
export interface ToolCall {
  readonly name: string;
  /** The `arguments` object, null where the call has none. */
  readonly arguments: Buffer | null;
  /** Other members that change what runs. */
  readonly attachments: ReadonlyMap<AttachmentName, Buffer>;
  /** 2025-11-25: the answer is expected to be a task. */
  readonly isTask: boolean;
  /** All of `params`, and in it the progress token, which means nothing to the tool. */
  readonly params: Buffer;
  readonly progressToken: { readonly start: number; readonly end: number } | null;
}

export type ClientMessage =
  | {
      readonly kind: 'request';
      readonly id: Id;
      readonly method: string;
      readonly era: Era;
      /** What is forwarded, "\n" included. */
      readonly bytes: Buffer;
      /** Null for anything but a tools/call. */
      readonly call: ToolCall | null;
    }
  | {
      readonly kind: 'notification';
      readonly method: string;
      readonly bytes: Buffer;
      /** The id key that a notifications/cancelled names. */
      readonly cancels: string | null;
    }
  | { readonly kind: 'response'; readonly id: Id; readonly bytes: Buffer }
  | { readonly kind: 'batch'; readonly elements: readonly Buffer[] }
  | { readonly kind: 'blank' }
  | {
      readonly kind: 'unreadable';
      readonly code: -32700 | -32600;
      readonly message: string;
      /** The raw id token to answer to, `null` where it cannot be read. */
      readonly id: string;
      /** Nobody waits for an answer. */
      readonly drop: boolean;
    };

export type ServerMessage =
  /** `id` is null where the server could not read the one it speaks of. */
  | {
      readonly kind: 'response';
      readonly id: Id | null;
      readonly bytes: Buffer;
      /** The raw JSON of the result, else of the error. */
      readonly answer: Buffer;
      readonly isError: boolean;
    }
  | { readonly kind: 'request'; readonly id: Id; readonly method: string; readonly bytes: Buffer }
  | { readonly kind: 'notification'; readonly method: string; readonly bytes: Buffer }
  | { readonly kind: 'batch'; readonly elements: readonly Buffer[] }
  | { readonly kind: 'blank' }
  /** `id`: whose answer it would have been, where that can be told. */
  | { readonly kind: 'noise'; readonly why: string; readonly id: Id | null };
