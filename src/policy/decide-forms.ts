import { listNameForms, listUriForms } from '../protocol/uri-forms.ts';
import type { CompiledPolicy } from './compile.ts';
import { decide } from './decide.ts';
import { ACTIONS, type AppliedLimit, type Evaluation, type Query } from './policy.ts';

/** What the policy says of a query in every spelling: the strictest answer, and the limits of all. */
export function decideForms(policy: CompiledPolicy, query: Query): Evaluation {
  const [first, ...rest] = listForms(query);
  return rest.map((form) => decide(policy, form)).reduce(mergeEvaluations, decide(policy, first));
}

/** The query in every spelling of its name that a server may take for another; the first is the one to count. */
export function listForms(query: Query): readonly [Query, ...Query[]] {
  const { kind, name } = query;
  if (kind !== 'resources' && kind !== 'prompts') return [query];
  const [first, ...rest] = kind === 'resources' ? listUriForms(name) : listNameForms(name);
  return [{ ...query, name: first }, ...rest.map((form) => ({ ...query, name: form }))];
}

/** The stricter of two answers, with the rules and limits of both, each once. */
export function mergeEvaluations(a: Evaluation, b: Evaluation): Evaluation {
  const stricter = ACTIONS.indexOf(b.verdict) > ACTIONS.indexOf(a.verdict) ? b : a;
  return {
    ...stricter,
    matched: joinUnique(a.matched, b.matched, ({ layer, rule, holds }) => `${layer}\n${rule}\n${holds}`),
    limits: joinUnique(a.limits, b.limits, nameLimit),
  };
}

function joinUnique<T>(a: readonly T[], b: readonly T[], nameOf: (item: T) => string): readonly T[] {
  if (b.length === 0) return a;
  const known = new Set(a.map(nameOf));
  return [...a, ...b.filter((item) => !known.has(nameOf(item)))];
}

function nameLimit({ layer, rule }: AppliedLimit): string {
  return `${layer}\n${rule}`;
}
