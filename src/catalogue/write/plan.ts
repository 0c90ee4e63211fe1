import { rankOf } from '../../policy/check/strength.ts';
import { CATEGORIES, RISKS, type Category, type Risk } from '../../policy/profile.ts';
import { fold } from '../../policy/rule-index.ts';
import { isToolName } from '../../protocol/tool-name.ts';
import type { Scan, ScannedTool } from '../scan/scan.ts';
import { findException, type Exception } from './exception.ts';
import { findNarrowing, type Narrowing } from './narrowing.ts';
import { chooseTreatment, type Treatment } from './treatment.ts';

/** What a policy for a server's tools is to say. */
export interface Plan {
  /** The mildest category and risk first. */
  readonly groups: readonly Group[];
  /** Names that no call can have. */
  readonly uncallable: readonly string[];
}

/** Tools that are treated alike. */
export interface Group {
  readonly treatment: Treatment;
  readonly category: Category;
  readonly risk: Risk;
  /** In the server's order. */
  readonly tools: readonly PlannedTool[];
}

export interface PlannedTool {
  readonly name: string;
  readonly evidence: readonly string[];
  readonly attacks: readonly string[];
  readonly exception: Exception | null;
  /** Of what is allowed; null where there is none. */
  readonly narrowing: Narrowing | null;
  /** A tool whose name differs by case alone, and which is treated alike; null where there is none. */
  readonly twin: string | null;
}

/** Finds for each tool of a server what is least. Names that differ by case alone come to the strictest of them. */
export function planRules({ listing, tools }: Scan): Plan {
  const order = new Map(listing.tools.map(({ name }, index) => [name, index]));
  const sorted = tools.toSorted((a, b) => placeOf(a, order) - placeOf(b, order));
  const families = gatherFamilies(sorted.filter(({ tool }) => isToolName(tool.name)));
  const groups = CATEGORIES.flatMap((category) =>
    RISKS.map((risk): Group => {
      const treatment = chooseTreatment(category, risk);
      const alike = families.filter(
        ({ strictest: { assessment } }) => assessment.category === category && assessment.risk === risk,
      );
      return { treatment, category, risk, tools: alike.flatMap((family) => planFamily(family, treatment)) };
    }),
  );
  return {
    groups: groups.filter((group) => group.tools.length > 0),
    uncallable: sorted.filter(({ tool }) => !isToolName(tool.name)).map(({ tool }) => tool.name),
  };
}

/** Tools whose names differ by case alone; mostly one. */
interface Family {
  readonly byName: ReadonlyMap<string, ScannedTool>;
  readonly strictest: ScannedTool;
}

function gatherFamilies(tools: readonly ScannedTool[]): Family[] {
  const families = new Map<string, { byName: Map<string, ScannedTool>; strictest: ScannedTool }>();
  for (const scanned of tools) {
    const key = fold(scanned.tool.name);
    const family = families.get(key) ?? { byName: new Map<string, ScannedTool>(), strictest: scanned };
    family.byName.set(scanned.tool.name, scanned);
    if (compare(scanned, family.strictest) > 0) family.strictest = scanned;
    families.set(key, family);
  }
  return [...families.values()];
}

function planFamily({ byName }: Family, treatment: Treatment): PlannedTool[] {
  const [first = null, second = null] = byName.keys();
  return [...byName].map(
    ([
      name,
      {
        tool,
        assessment: { evidence, attacks },
      },
    ]) => ({
      name,
      evidence,
      attacks,
      // A condition on one spelling would be got round by another.
      exception: second === null ? findException(tool, treatment.action) : null,
      narrowing: treatment.action === 'allow' ? findNarrowing(tool) : null,
      twin: name === first ? second : first,
    }),
  );
}

function placeOf({ tool }: ScannedTool, order: ReadonlyMap<string, number>): number {
  return order.get(tool.name) ?? order.size;
}

function treat({ assessment }: ScannedTool): Treatment {
  return chooseTreatment(assessment.category, assessment.risk);
}

/** Positive where `a` is the stricter: its action, then its risk. */
function compare(a: ScannedTool, b: ScannedTool): number {
  return rankOf(treat(a).action) - rankOf(treat(b).action) || rankRisk(a) - rankRisk(b);
}

function rankRisk({ assessment }: ScannedTool): number {
  return RISKS.indexOf(assessment.risk);
}
