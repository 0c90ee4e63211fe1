import { createHash } from 'node:crypto';
import { lstatSync, realpathSync, type Stats } from 'node:fs';
import type { Io } from '../../io.ts';
import { readTrusted } from '../file/open.ts';
import { planRule, type Plan, type RuleWish } from './plan-rule.ts';
import type { Proposal } from './proposal.ts';
import { escapeUnseen } from '../quote.ts';
import { replaceFile } from '../file/replace-file.ts';

/** The rule that `writeRule` would write, or why it would write none. Never throws. */
export function proposeRule(wish: RuleWish, io: Pick<Io, 'uid'>): Proposal {
  const found = findRule(wish, io);
  if (found.kind === 'impossible') return found;
  return { kind: 'rule', file: wish.file, lines: found.lines };
}

/**
 * Writes a rule that allows the tool into the policy that the guard loaded, and changes nothing else in it. Gives the
 * hash of the file as it is then, else why nothing is written; then it is as it was. Never throws.
 */
export function writeRule(wish: RuleWish, io: Pick<Io, 'uid' | 'pid'>): Written {
  const found = findRule(wish, io);
  if (found.kind === 'impossible') return found;
  try {
    const isUnchanged = () => findRule(wish, io).kind === 'rule';
    replaceFile(found.target, found.bytes, found.stats, isUnchanged);
    return { kind: 'written', hash: createHash('sha256').update(found.bytes).digest('hex') };
  } catch (error) {
    return refuse(explain(error));
  }
}

export type Written =
  { readonly kind: 'written'; readonly hash: string } | { readonly kind: 'impossible'; readonly why: string };

type Found = Extract<Plan, { kind: 'impossible' }> | (Extract<Plan, { kind: 'rule' }> & Target);

interface Target {
  /** The file itself, behind any links to it. */
  readonly target: string;
  readonly stats: Stats;
}

function findRule(wish: RuleWish, { uid }: Pick<Io, 'uid'>): Found {
  try {
    const bytes = readTrusted(wish.file, { uid });
    const target = realpathSync(wish.file);
    const stats = lstatSync(target);
    // Only this user and root can have changed what stands there since it was read.
    if (uid !== null && stats.uid !== uid) return refuse(`the file belongs to user ${stats.uid}`);
    const plan = planRule(bytes, wish);
    return plan.kind === 'rule' ? { ...plan, target, stats } : plan;
  } catch (error) {
    return refuse(explain(error));
  }
}

function refuse(why: string): { readonly kind: 'impossible'; readonly why: string } {
  return { kind: 'impossible', why };
}

function explain(error: unknown): string {
  return escapeUnseen(error instanceof Error ? error.message : String(error));
}
