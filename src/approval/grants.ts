/** What a grant hangs on. Where any of it differs, the grant says nothing. */
export interface GrantBinding {
  readonly tool: string;
  /** Hash of the tool's definition as the server listed it, null where it listed none. */
  readonly definition: string | null;
  /** The rule that asked. */
  readonly rule: string;
  /** Hash of the policy that holds the rule. */
  readonly policyHash: string;
  /** Digest of the call's whole params but for `_meta.progressToken`. */
  readonly digest: string;
}

/** A person's yes for more than one call. */
export interface Grant extends GrantBinding {
  /** `tool`: any call of the tool. `call`: exactly this one. */
  readonly scope: 'tool' | 'call';
}

/** The grant that covers this call, null where there is none. */
export function findGrant(grants: readonly Grant[], call: GrantBinding): Grant | null {
  return grants.find((grant) => covers(grant, call)) ?? null;
}

/** Remembers a grant, in place of those it makes void. */
export function addGrant(grants: Grant[], grant: Grant): void {
  const valid = grants.filter((other) => !replaces(grant, other));
  grants.splice(0, grants.length, ...valid, grant);
}

function covers(grant: Grant, call: GrantBinding): boolean {
  return (
    grant.tool === call.tool &&
    grant.definition === call.definition &&
    grant.rule === call.rule &&
    grant.policyHash === call.policyHash &&
    (grant.scope === 'tool' || grant.digest === call.digest)
  );
}

/** What an older definition or policy was granted can hold no more calls, and the same grant twice is one too many. */
function replaces(grant: Grant, other: Grant): boolean {
  if (other.policyHash !== grant.policyHash) return true;
  if (other.tool !== grant.tool) return false;
  return other.definition !== grant.definition || (other.scope === grant.scope && covers(other, grant));
}
