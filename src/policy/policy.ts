import type { ArgPath, Condition, Truth } from './condition/condition.ts';
import type { Profile } from './profile.ts';
import type { Untold } from './untold.ts';

/** What a rule can say, from mild to strict. */
export const ACTIONS = ['allow', 'require_approval', 'deny'] as const;
export type Action = (typeof ACTIONS)[number];

/** One sliding window: at most so much within the last `windowMs`. */
export interface Limit {
  /** Where it stands in the policy: `rate_limit`, `tools.describe_*.rate_limit`, `tools.create_broker[1].rate_limit`. */
  readonly rule: string;
  readonly measure: Measure;
  readonly windowMs: number;
  /** One window for all calls the rule matches, or one for each tool. */
  readonly per: 'rule' | 'tool';
  /** One run of the guard, or all guards of this user. */
  readonly scope: 'session' | 'machine';
  readonly onExceed: 'deny' | 'require_approval';
}

/** What a window counts. */
export type Measure =
  | { readonly kind: 'calls'; readonly max: number }
  /** Adds up an argument; `max` is a decimal as written. */
  | { readonly kind: 'sum'; readonly of: ArgPath; readonly max: string };

/** A limit with the file it stands in: two files may have limits of one name. */
export interface AppliedLimit extends Limit {
  /** The file, or `built-in`. */
  readonly layer: string;
}

/** One rule, or one entry of a list of rules. */
export interface Rule {
  /** Where it stands in the policy: `tools.delete_broker`, `tools.create_broker[1]`. */
  readonly path: string;
  /** Null: always. */
  readonly when: Condition | null;
  /** Null: limits only, decides nothing. */
  readonly action: Action | null;
  readonly reason: string | null;
  /** Left out of tools/list, and a call answered as an unknown tool; only with an unconditional deny. */
  readonly hide: boolean;
  readonly limit: Limit | null;
  readonly approval: ApprovalSettings | null;
}

export interface ApprovalSettings {
  readonly channels: readonly Channel[] | null;
  readonly timeoutMs: number | null;
  readonly open: Opening | null;
}

/** Where a person can be asked. */
export const CHANNELS = ['console', 'terminal', 'client'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What makes a person look: a window on the question, or a word on the desktop. */
export type Opening =
  | { readonly kind: 'tmux' }
  | { readonly kind: 'notify' }
  /** Started without a shell. */
  | { readonly kind: 'command'; readonly argv: readonly string[] };

/** How arguments of calls stand in the audit log, from the most to the least. */
export const AUDITED_ARGUMENTS = ['full', 'redacted', 'hash', 'none'] as const;

/** What is kept of the calls; each is null where the file does not say. */
export interface AuditSettings {
  readonly arguments: (typeof AUDITED_ARGUMENTS)[number] | null;
  /** Whether a call is refused that cannot be written down. */
  readonly required: boolean | null;
  /** Absolute, or below `~`. */
  readonly dir: string | null;
  readonly keepMs: number | null;
}

/** What a policy is asked about. */
export const RULED = ['tools', 'resources', 'prompts', 'methods', 'server_requests'] as const;
export type Ruled = (typeof RULED)[number];

/** The keys of a policy that hold rules: by name, and for tools by what they can do. */
export const RULE_MAPS = [...RULED, 'categories', 'risks'] as const;
export type RuleMap = (typeof RULE_MAPS)[number];

/** What happens to a call of a tool whose definition is not the one that was pinned, from mild to strict. */
export const PIN_MODES = ['off', 'ask', 'deny'] as const;
export type PinMode = (typeof PIN_MODES)[number];

/** The rules under one key of `tools`, `resources` and so on: an exact name (a category, a risk), or a glob of `*` and `?`. */
export interface RuleList {
  readonly pattern: string;
  readonly kind: 'exact' | 'glob';
  /** More than one where the policy holds a list, read top to bottom. */
  readonly rules: readonly Rule[];
}

export interface PolicyTest {
  /** Where it stands: `tests[0]`. */
  readonly path: string;
  readonly kind: Ruled;
  readonly name: string;
  /** The arguments as JSON text, numbers as written; null where the test has none. */
  readonly args: string | null;
  readonly expect: Action;
}

/** A policy that was read and found sound. */
export interface Policy {
  /** The file it came from, null for the built-in one. */
  readonly file: string | null;
  /** SHA-256 of the file's bytes, hexadecimal. */
  readonly hash: string;
  /** The servers it is for, as names or globs; null: any. */
  readonly server: readonly string[] | null;
  /** Files it adds, as written. */
  readonly layers: readonly string[];
  /** What is decided of a tool where no rule decides. `written` is false where the file does not say. */
  readonly default: { readonly action: Action; readonly written: boolean };
  readonly limit: Limit | null;
  readonly approval: ApprovalSettings;
  readonly audit: AuditSettings;
  readonly rules: Readonly<Record<RuleMap, readonly RuleList[]>>;
  /** Null where the file does not say. */
  readonly pin: PinMode | null;
  /** The variables the server gets, as names or globs; null: all. */
  readonly env: readonly string[] | null;
  /** Whether a saved file takes effect at once. */
  readonly reload: boolean;
  readonly tests: readonly PolicyTest[];
}

/** One file of the policy that holds. */
export interface Layer {
  readonly policy: Policy;
  /**
   * `first`: has a say in everything. `added`: by another file's `layers`. `project`: found in or above the working
   * directory. The latter two only where a rule or a written `default` of theirs speaks.
   */
  readonly role: 'first' | 'added' | 'project';
}

/** The policy that holds: each file decides on its own, and the strictest wins. */
export interface PolicySet {
  /** The first one first. */
  readonly layers: readonly [Layer, ...Layer[]];
  /** SHA-256, hexadecimal: of the file's bytes, or of all the files' hashes. */
  readonly hash: string;
}

/** Something a person should mend, with its place. Lines and columns count from 1. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Stable word for programs: `unknown_key`, `unknown_action`. */
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How many characters the caret line marks. */
  readonly length: number;
  readonly hint: string | null;
}

/** What a policy is asked about: a tools/call, a resources/read, a request of the server. */
export interface Query {
  readonly kind: Ruled;
  /** The tool's or prompt's name, the resource's URI, or the method. */
  readonly name: string;
  /** The arguments as raw JSON: an object, or null where there are none. Of methods and server requests the params. */
  readonly args: Buffer | null;
  /** The tool's `inputSchema` as the server listed it, raw JSON; null where it was not seen. */
  readonly schema: Buffer | null;
  /** Of a tool; null for everything else. */
  readonly profile: Profile | null;
  /** Only where it is asked from a record of a call; of a call itself all is known. */
  readonly untold?: Untold;
}

/** A rule whose name or pattern fits the call. */
export interface RuleMatch {
  readonly rule: string;
  /** The file that holds it, or `built-in`. */
  readonly layer: string;
  readonly action: Action | null;
  /** Whether its condition holds; true where it has none. */
  readonly holds: Truth;
}

/** What one file of the policy says by itself; both are null where it has no say. */
export interface LayerVerdict {
  readonly layer: string;
  readonly role: Layer['role'];
  readonly verdict: Action | null;
  readonly rule: string | null;
}

/** What the policy says of one call, before limits are counted. */
export interface Evaluation {
  readonly verdict: Action;
  /** The rule that gave the verdict: `tools.delete_broker`, or `default`. */
  readonly rule: string;
  /** The file that holds the rule, or `built-in`. */
  readonly layer: string;
  readonly reason: string | null;
  readonly hide: boolean;
  readonly approval: ApprovalSettings;
  /** Whether the rule itself lists the channels to ask on, and not its file for all. */
  readonly namesChannels: boolean;
  readonly layers: readonly LayerVerdict[];
  readonly matched: readonly RuleMatch[];
  readonly limits: readonly AppliedLimit[];
}
