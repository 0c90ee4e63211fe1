import type { Ground } from '../../policy/condition/ground.ts';
import { isToolName } from '../../protocol/tool-name.ts';
import type { RecordedCall } from '../read/recorded-call.ts';
import { ToolEvidence } from './tool-evidence.ts';

/** What recorded calls tell of the tools of one server. */
export interface Evidence {
  /** By name. */
  readonly tools: readonly ToolEvidence[];
  /** All that calls were recorded of, by name; more than one is for the caller to sort out. */
  readonly servers: readonly string[];
  /** Names that no tool can have. */
  readonly uncallable: readonly string[];
  /** Tools that were too many. */
  readonly left: number;
}

const MOST_TOOLS = 10_000;
const MOST_NAMES = 100;
const MOST_PATHS = 10_000;
/** Characters of values and examples, of all tools together. */
const BUDGET = 32_000_000;

/** Takes in recorded calls, oldest first, in memory that does not grow with their number. */
export async function gatherEvidence(calls: AsyncIterable<RecordedCall>, ground: Ground): Promise<Evidence> {
  const gathering = { ground: rememberPaths(ground), budget: { left: BUDGET } };
  const tools = new Map<string, ToolEvidence>();
  const servers = new Set<string>();
  const uncallable = new Set<string>();
  const left = new Set<string>();
  for await (const call of calls) {
    const { tool } = call;
    if (tool === null) continue;
    if (servers.size < MOST_NAMES) servers.add(call.server);
    if (!isToolName(tool)) {
      if (uncallable.size < MOST_NAMES) uncallable.add(tool.slice(0, MOST_NAMES));
      continue;
    }
    const known = tools.get(tool);
    if (known === undefined && tools.size >= MOST_TOOLS) {
      if (left.size < MOST_TOOLS) left.add(tool);
      continue;
    }
    const evidence = known ?? new ToolEvidence(tool, gathering);
    tools.set(tool, evidence);
    evidence.add(call);
  }
  return {
    tools: [...tools.values()].toSorted((a, b) => compare(a.name, b.name)),
    servers: [...servers].toSorted(compare),
    uncallable: [...uncallable].toSorted(compare),
    left: left.size,
  };
}

/** Logs name the same paths again and again. */
function rememberPaths(ground: Ground): Ground {
  const known = new Map<string, string | null>();
  return {
    ...ground,
    resolve(path) {
      const found = known.get(path);
      if (found !== undefined) return found;
      if (known.size >= MOST_PATHS) known.clear();
      const real = ground.resolve(path);
      known.set(path, real);
      return real;
    },
  };
}

/** By code units, whatever the locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
