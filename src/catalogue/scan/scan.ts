import type { Evaluation } from '../../policy/policy.ts';
import type { Assessment } from '../assessment.ts';
import type { Listing, ListedTool } from '../listing.ts';

/** A server's tools, looked at one by one and together. */
export interface Scan {
  /** What mcp-guard calls the server: the name in questions, logs and policy files. */
  readonly name: string;
  readonly listing: Listing;
  /** The riskiest first. */
  readonly tools: readonly ScannedTool[];
  /** What is odd about the server as a whole, in sentences. */
  readonly warnings: readonly string[];
}

export interface ScannedTool {
  readonly tool: ListedTool;
  readonly assessment: Assessment;
  /** What the present policy says of a call without arguments. */
  readonly evaluation: Evaluation;
  /** What is odd about this tool, in sentences. */
  readonly warnings: readonly string[];
}
