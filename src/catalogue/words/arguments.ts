import type { Category, Risk } from '../../policy/profile.ts';
import type { Attack } from './attacks.ts';
import type { Deed } from './deeds.ts';

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

/** Two arguments that only a tool needs that does such a thing. */
export interface ArgumentPair {
  readonly says: string;
  readonly deed: Deed;
  readonly one: readonly string[];
  readonly other: readonly string[];
}

export const PAIRS: readonly ArgumentPair[] = [
  {
    says: 'make up a message',
    deed: 'sends',
    one: ['to', 'recipient', 'recipients', 'to email', 'to address', 'to number'],
    other: ['body', 'message', 'html', 'html body', 'text', 'content'],
  },
  {
    says: 'make up a file',
    deed: 'changes',
    one: ['path', 'file path', 'filename', 'file name', 'filepath'],
    other: ['content', 'contents', 'file content', 'file text', 'new content', 'new string', 'new text'],
  },
  {
    says: 'make up a request of any kind',
    deed: 'sends',
    one: ['url', 'uri', 'endpoint'],
    other: ['method', 'http method', 'body', 'request body', 'payload'],
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

/** In the name of an argument these say that it is about how the caller signs in, and not about what it gets. */
export const OF_CALLERS: ReadonlySet<string> = new Set([
  'auth',
  'authentication',
  'grant',
  'login',
  'method',
]);
