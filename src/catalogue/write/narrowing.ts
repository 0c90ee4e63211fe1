import type { ListedTool } from '../listing.ts';
import { readSchema } from '../schema/schema.ts';
import { findArgument } from './argument.ts';

/** A condition that a person may want on what is allowed, with a place of theirs in it. */
export interface Narrowing {
  readonly kind: 'folder' | 'host';
  /** As a policy writes it. */
  readonly when: string;
}

const FOLDERS = [
  'path',
  'file_path',
  'filePath',
  'filepath',
  'directory',
  'dir',
  'folder',
  'repo_path',
  'root',
];
const HOSTS = ['url', 'uri', 'URL', 'endpoint', 'webhook_url'];

/** How calls of the tool can be kept to one place; null where its schema names no path and no URL. */
export function findNarrowing({ inputSchema }: ListedTool): Narrowing | null {
  const schema = readSchema(inputSchema);
  if (schema === null) return null;
  const path = findArgument(schema, FOLDERS, 'string');
  if (path !== null) return { kind: 'folder', when: `{ args.${path}: { within: ~/projects } }` };
  const url = findArgument(schema, HOSTS, 'string');
  return url === null ? null : { kind: 'host', when: `{ args.${url}: { host: [example.com] } }` };
}
