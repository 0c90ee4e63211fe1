import type { Action } from '../../policy/policy.ts';
import type { ListedTool } from '../listing.ts';
import { readSchema } from '../schema/schema.ts';
import { findArgument, isFalseByDefault } from './argument.ts';

/** One argument that makes a call graver or milder than the tool is, told from the schema alone. */
export interface Exception {
  /** The argument: letters and underscores, so that it needs no quotes. */
  readonly key: string;
  /** What the condition says of it. */
  readonly test: 'true' | '{ ne: false }';
  readonly action: Action;
  readonly reason: string;
}

/** Switches with which a call only says what it would do. */
const REHEARSALS = [
  'dry_run',
  'dryRun',
  'dryrun',
  'DryRun',
  'preview_only',
  'previewOnly',
  'validate_only',
  'validateOnly',
];
/** Switches that let everybody in. */
const EXPOSURES = [
  'publicly_accessible',
  'publiclyAccessible',
  'PubliclyAccessible',
  'make_public',
  'makePublic',
  'is_public',
  'isPublic',
  'public',
];

/**
 * What a call of the tool is decided on before its own action is taken; null where its schema has no such argument. What
 * is denied may be asked about as a rehearsal, and what is asked about must not open something to the world. An argument
 * that is left out, or of another type, comes to the stricter side.
 */
export function findException({ inputSchema }: ListedTool, action: Action): Exception | null {
  const schema = action === 'allow' ? null : readSchema(inputSchema);
  if (schema === null) return null;
  if (action === 'deny') {
    const key = findArgument(schema, REHEARSALS, 'boolean');
    if (key === null) return null;
    const reason = `With ${key} it should only say what it would do`;
    return { key, test: 'true', action: 'require_approval', reason };
  }
  const key = findArgument(schema, EXPOSURES, 'boolean');
  // Closed by default, it is opened only where a call says so, and the person sees that.
  if (key === null || isFalseByDefault(schema, key)) return null;
  const reason = `It stays private; call again with ${key} set to false`;
  return { key, test: '{ ne: false }', action: 'deny', reason };
}
