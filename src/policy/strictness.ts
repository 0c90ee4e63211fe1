import { ACTIONS, type ApprovalSettings, type Rule } from './policy.ts';

/** A rule that decides, with the file it stands in. */
export interface Decider extends Rule {
  readonly action: NonNullable<Rule['action']>;
  /** The file, or `built-in`. */
  readonly layer: string;
  /** As it would be asked: the rule's own words, else its file's. */
  readonly approval: ApprovalSettings;
  /** Whether the rule itself lists the channels to ask on. */
  readonly namesChannels: boolean;
}

/** The strictest rule; of equals the first, null where there is none. */
export function pickStrictest(deciders: readonly Decider[]): Decider | null {
  return deciders.reduce<Decider | null>(
    (strictest, decider) =>
      strictest === null || compareStrictness(decider, strictest) > 0 ? decider : strictest,
    null,
  );
}

/** Positive where `a` is stricter. Among equal actions, hiding a tool and asking nobody are the stricter ways. */
function compareStrictness(a: Decider, b: Decider): number {
  const asksNobody = ({ approval }: Decider) => approval.channels?.length === 0;
  return (
    ACTIONS.indexOf(a.action) - ACTIONS.indexOf(b.action) ||
    Number(a.hide) - Number(b.hide) ||
    Number(asksNobody(a)) - Number(asksNobody(b))
  );
}
