import { readPrefix } from '../../policy/glob.ts';
import { quote } from '../../policy/quote.ts';
import { renderRulePath } from '../../policy/read/read-rules.ts';
import { placeOf } from '../../policy/check/checkup.ts';
import { listFitting, type Inspection } from './inspection.ts';
import { suggestName } from './suggest.ts';

/** Names and globs in the policy that no tool of the server has. */
export function checkNames(inspection: Inspection): void {
  const { policy, places, problems, tools } = inspection;
  const names = tools.map(({ name }) => name);
  for (const list of policy.rules.tools) {
    const { pattern, kind } = list;
    const span = placeOf(renderRulePath('tools', pattern), places);
    if (kind === 'exact') {
      if (names.includes(pattern)) continue;
      const message = `no tool of the server is named ${quote(pattern)}`;
      problems.warn(span, 'unknown_tool', message, suggest(suggestName(pattern, names)));
    } else if (listFitting(list, tools).length === 0) {
      problems.warn(
        span,
        'unknown_tool',
        `${quote(pattern)} fits no tool of the server`,
        suggestGlob(pattern, names),
      );
    }
  }
  for (const { path, kind, name, expect } of policy.tests) {
    if (kind !== 'tools' || names.includes(name)) continue;
    const nearest = suggestName(name, names);
    // Another case, or a tool of a later version, may be there to show that it does not get through.
    const isMeant = nearest === null || nearest.toLowerCase() === name.toLowerCase();
    if (expect !== 'allow' && isMeant) continue;
    const message = `the test calls ${quote(name)}, and no tool of the server is named so`;
    problems.warn(placeOf(path, places), 'unknown_tool', message, suggest(nearest));
  }
}

function suggest(name: string | null): string | null {
  return name === null ? null : `did you mean ${quote(name).slice(1, -1)}?`;
}

/** A glob is mostly a prefix with a slip of the pen. */
function suggestGlob(pattern: string, names: readonly string[]): string | null {
  const prefix = readPrefix(pattern);
  if (prefix.length < 3) return null;
  const beginnings = [-1, 0, 1].flatMap((more) => names.map((name) => name.slice(0, prefix.length + more)));
  const nearest = suggestName(
    prefix,
    [...new Set(beginnings)].filter((one) => one.at(-1) === prefix.at(-1)),
  );
  return nearest === null ? null : suggest(nearest + pattern.slice(prefix.length));
}
