/** What a server said of itself and its tools. All of it is the server's word, and shown as data. */
export interface Listing {
  readonly server: { readonly name: string; readonly version: string };
  readonly protocolVersion: string;
  /** In the server's order, each name once. */
  readonly tools: readonly ListedTool[];
  /** What is odd about the answers, in sentences. */
  readonly warnings: readonly string[];
}

export interface ListedTool {
  readonly name: string;
  readonly title: string | null;
  readonly description: string | null;
  /** Raw JSON; null where the tool has none. */
  readonly inputSchema: Buffer | null;
  readonly annotations: Annotations;
}

/** Hints of the server, null where it says nothing. */
export interface Annotations {
  readonly readOnly: boolean | null;
  readonly destructive: boolean | null;
}
