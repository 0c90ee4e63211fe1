import type { Approver } from './question.ts';

/** What a grant hangs on. Where any of it differs, the grant says nothing. */
export interface GrantBinding {
  /** Hash of the server's name and command. */
  readonly server: string;
  readonly tool: string;
  /** Hash of the tool's definition as the server listed it, else as it was pinned; null where neither is known. */
  readonly definition: string | null;
  /** The rule that asked. */
  readonly rule: string;
  /** Hash of that rule's layer and text. */
  readonly ruleText: string;
  /** Digest of the call's params but for `_meta`. */
  readonly digest: string;
}

/** A person's yes for more than the call it was given for. */
export interface Grant {
  readonly id: string;
  readonly binding: GrantBinding;
  /** `tool`: any call of the tool. `call`: exactly this one. */
  readonly scope: 'tool' | 'call';
  /** Monotonic ms at which it ends, null where only the session ends it. */
  readonly until: number | null;
  /** Calls it still covers, null where they are not counted. */
  readonly left: number | null;
  /** A late yes to one call, rather than one for calls to come. */
  readonly isPass: boolean;
  readonly approver: Approver;
}

/** More remembered answers than a person gives in a session. */
const MOST_GRANTS = 1_000;

/** The grants of one session. Pure: times come in, in monotonic ms. */
export class Grants {
  #grants: Grant[] = [];

  /** Every grant that still holds. */
  list(now: number): readonly Grant[] {
    this.#grants = this.#grants.filter(({ until }) => until === null || until > now);
    return this.#grants;
  }

  /** Remembers a grant, in place of those it makes void; beyond the limit the oldest goes. */
  add(grant: Grant): void {
    this.#grants = [...this.#grants.filter((other) => !replaces(grant, other)), grant].slice(-MOST_GRANTS);
  }

  /** The grant that covers this call, null where there is none. */
  find(call: GrantBinding, now: number): Grant | null {
    const fits = this.list(now).filter((grant) => covers(grant, call));
    // What is counted is spent last: a grant for the session makes it last longer.
    return fits.find(({ left }) => left === null) ?? fits[0] ?? null;
  }

  /** One call runs on the grant's account. */
  spend(grant: Grant): void {
    const { left } = grant;
    if (left === null) return;
    this.#grants = this.#grants.flatMap((other) => {
      if (other.id !== grant.id) return [other];
      return left > 1 ? [{ ...other, left: left - 1 }] : [];
    });
  }

  /** Ends a grant; null where there is none of that id. */
  revoke(id: string): Grant | null {
    const found = this.#grants.find((grant) => grant.id === id) ?? null;
    this.#grants = this.#grants.filter((grant) => grant !== found);
    return found;
  }

  /** The machine slept: what was meant for a time of the day has less of it left. */
  shorten(ms: number): void {
    this.#grants = this.#grants.map((grant) =>
      grant.until === null ? grant : { ...grant, until: grant.until - ms },
    );
  }
}

/** Whether the two speak of the same rule, server and definition of a tool. */
export function isSameSubject(a: GrantBinding, b: GrantBinding): boolean {
  return (
    a.server === b.server &&
    a.tool === b.tool &&
    a.definition === b.definition &&
    a.rule === b.rule &&
    a.ruleText === b.ruleText
  );
}

/** Whether the grant covers a call of this binding. */
export function covers({ binding, scope }: Grant, call: GrantBinding): boolean {
  return isSameSubject(binding, call) && (scope === 'tool' || binding.digest === call.digest);
}

/** What an older definition was granted can hold no more calls, and the same grant twice is one too many. */
function replaces(grant: Grant, other: Grant): boolean {
  if (other.binding.tool !== grant.binding.tool || other.binding.server !== grant.binding.server)
    return false;
  if (other.binding.definition !== grant.binding.definition) return true;
  return other.scope === grant.scope && other.isPass === grant.isPass && covers(other, grant.binding);
}
