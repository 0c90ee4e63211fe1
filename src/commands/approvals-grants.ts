import type { ListedGrant } from '../approval/hub/console-message.ts';
import { listStoredGrants, removeStoredGrant } from '../approval/grant-store.ts';
import { renderVisible } from '../approval/card/visible.ts';
import { Survey, type Surveyed } from '../console/survey.ts';
import { count, renderLeft } from '../console/words.ts';
import type { Io } from '../io.ts';
import { warnOfSilent } from './approvals-list.ts';
import { renderJsonList, renderTable } from './table.ts';

/** Prints every remembered answer: those of running guards, and those that are kept for later runs. */
export async function listGrants({ json }: { json: boolean }, io: Io): Promise<number> {
  const survey = await Survey.open(io);
  try {
    const guards = await survey.look();
    const grants = collectGrants(guards, io);
    if (json) io.stdout.write(renderJsonList(grants.map((grant) => JSON.stringify(grant))));
    else io.stdout.write(renderGrants(grants));
    warnOfSilent(guards, io);
    return 0;
  } finally {
    survey.close();
  }
}

/** Ends remembered answers and says which. Gives 1 where one of the ids is not known. */
export async function revokeGrants(wanted: readonly string[] | 'all', io: Io): Promise<number> {
  const survey = await Survey.open(io);
  try {
    const guards = await survey.look();
    const known = collectGrants(guards, io);
    const ids = wanted === 'all' ? known.map(({ id }) => id) : [...new Set(wanted)];
    const revoked = known.filter(({ id }) => ids.includes(id));
    // The file goes first: a guard that starts in this moment must not find it.
    for (const { id, isKept } of revoked) if (isKept) removeStoredGrant(io, id);
    await survey.revoke(revoked.map(({ id }) => id));
    for (const grant of revoked) io.stdout.write(`revoked ${describe(grant)}\n`);
    if (wanted === 'all' && revoked.length === 0) io.stdout.write('nothing is remembered\n');
    warnOfSilent(guards, io);
    const unknown = ids.filter((id) => !known.some((grant) => grant.id === id));
    for (const id of unknown) {
      io.stderr.write(`mcp-guard: error: no remembered answer has the id "${renderVisible(id)}"\n`);
    }
    if (unknown.length > 0) io.stderr.write('mcp-guard: hint: `mcp-guard approvals grants` lists them\n');
    return unknown.length > 0 || guards.some(({ isSilent }) => isSilent) ? 1 : 0;
  } finally {
    survey.close();
  }
}

interface KnownGrant extends ListedGrant {
  /** Process ids of the guards that hold it; none where it only waits for a later run. */
  readonly guards: readonly number[];
  /** It outlives the guards. */
  readonly isKept: boolean;
}

function collectGrants(guards: readonly Surveyed[], io: Io): KnownGrant[] {
  const found = new Map<string, KnownGrant>();
  for (const { link, grants } of guards) {
    for (const grant of grants) {
      const pids = [...(found.get(grant.id)?.guards ?? []), link.pid];
      found.set(grant.id, { ...grant, guards: pids, isKept: false });
    }
  }
  const now = io.date().getTime();
  for (const { id, server, binding, scope, until } of listStoredGrants(io)) {
    const { tool, rule } = binding;
    const kept = { id, server, tool, rule, scope, leftMs: until - now, leftCalls: null };
    found.set(id, { ...kept, guards: found.get(id)?.guards ?? [], isKept: true });
  }
  return [...found.values()];
}

function renderGrants(grants: readonly KnownGrant[]): string {
  if (grants.length === 0) return 'nothing is remembered\n';
  const rows = grants.map((grant) => [
    grant.id,
    grant.server,
    grant.tool,
    grant.scope === 'tool' ? 'any call' : 'one exact call',
    describeEnd(grant),
    grant.rule,
  ]);
  return renderTable(['ID', 'SERVER', 'TOOL', 'COVERS', 'LEFT', 'RULE'], rows);
}

function describe({ id, server, tool, scope }: KnownGrant): string {
  const covers = scope === 'tool' ? '' : 'one exact call of ';
  return `${renderVisible(id)}: ${covers}${renderVisible(tool)} on ${renderVisible(server)}`;
}

function describeEnd({ leftMs, leftCalls }: ListedGrant): string {
  const parts = [
    ...(leftCalls === null ? [] : [count(leftCalls, 'call')]),
    ...(leftMs === null ? [] : [renderLeft(leftMs)]),
  ];
  return parts.length === 0 ? 'this session' : parts.join(', ');
}
