import { classifyName } from '../catalogue/classify/classify.ts';
import { guessProfile } from '../catalogue/known-tool.ts';
import { findPinned } from '../catalogue/pins/find-pinned.ts';
import type { Assessment } from '../catalogue/assessment.ts';
import type { Io } from '../io.ts';
import type { Category, Profile, Risk } from '../policy/profile.ts';

/** What can be known of a tool without its server. */
export interface Subject {
  readonly assessment: Assessment;
  readonly profile: Profile;
  readonly schema: Buffer | null;
  /** The server whose pins tell it; null where the name alone does. */
  readonly pinnedBy: string | null;
  readonly hasChanged: boolean;
}

/** What a tool can do, as `--json` has it; nulls for what is no tool. */
export interface SubjectMembers {
  readonly category: Category | null;
  readonly risk: Risk | null;
  readonly evidence: readonly string[];
  readonly attacks: readonly string[];
  readonly pinnedBy: string | null;
  readonly hasChanged: boolean;
}

/** The tool as it was pinned of the named server, or of the one that has it; else what its name tells. */
export function findSubject(tool: string, server: string | null, io: Io): Subject {
  const pinned = findPinned(tool, server, io);
  if (pinned === null) {
    const [assessment, profile] = [classifyName(tool), guessProfile(tool)];
    return { assessment, profile, schema: null, pinnedBy: null, hasChanged: false };
  }
  const { assessment, profile, schema } = pinned.tool;
  return { assessment, profile, schema, pinnedBy: pinned.server, hasChanged: pinned.hasChanged };
}

export function describeSubject(subject: Subject | null): SubjectMembers {
  if (subject === null) {
    return { category: null, risk: null, evidence: [], attacks: [], pinnedBy: null, hasChanged: false };
  }
  const { assessment, pinnedBy, hasChanged } = subject;
  const { category, risk, evidence, attacks } = assessment;
  return { category, risk, evidence, attacks, pinnedBy, hasChanged };
}
