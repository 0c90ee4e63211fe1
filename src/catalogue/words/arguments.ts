import type { Category, Risk } from '../../policy/profile.ts';
import type { Attack } from './attacks.ts';

/** What an argument of that name says of a tool. */
export interface ArgumentGroup {
  readonly says: string;
  /** Null: the category stays as it is. */
  readonly category: Category | null;
  readonly risk: Risk | null;
  readonly attack: Attack | null;
  readonly words: readonly string[];
}

export const ARGUMENTS: readonly ArgumentGroup[] = [
  {
    says: 'is run',
    category: 'execute',
    risk: 'critical',
    attack: 'execution',
    words: [
      'command',
      'cmd',
      'shell',
      'code',
      'script',
      'shell command',
      'bash',
      'javascript',
      'python code',
      'source code',
      'executable',
    ],
  },
  {
    says: 'is a statement that runs in a database',
    category: 'execute',
    risk: 'high',
    attack: 'injection',
    words: ['sql', 'cypher', 'sql query', 'statement', 'sparql', 'mutation', 'graphql'],
  },
  {
    says: 'names a place to write to',
    category: 'write',
    risk: 'medium',
    attack: 'tampering',
    words: [
      'output path',
      'output file',
      'output dir',
      'save path',
      'save to',
      'destination path',
      'download path',
      'dest path',
      'overwrite',
    ],
  },
  {
    says: 'skips the checks of the system behind it',
    category: 'write',
    risk: 'high',
    attack: 'loss',
    words: [
      'force',
      'cascade',
      'skip confirmation',
      'skip backup',
      'skip final snapshot',
      'purge',
      'hard delete',
      'permanent',
    ],
  },
  {
    says: 'would be of no use if it only looked',
    category: 'write',
    risk: null,
    attack: null,
    words: ['dry run', 'confirm', 'confirmation', 'apply', 'auto approve'],
  },
  {
    says: 'is money',
    category: null,
    risk: 'high',
    attack: 'spend',
    words: ['amount', 'price', 'currency', 'total amount', 'budget', 'bid amount'],
  },
  {
    says: 'is a secret',
    category: null,
    risk: 'high',
    attack: 'secrets',
    words: ['password', 'secret', 'oauth token', 'access token', 'private key', 'credentials'],
  },
  {
    says: 'is an address that it fetches',
    category: null,
    risk: null,
    attack: 'requests',
    words: ['url', 'uri', 'endpoint', 'webhook url', 'callback url'],
  },
];

/** Arguments that choose what the tool does: the strictest choice counts. */
export const CHOICES = [
  'action',
  'operation',
  'method',
  'mode',
  'op',
  'verb',
  'command',
  'cmd',
  'type',
  'task',
  'event',
];
