import type { Truth } from './condition.ts';
import { hasLoneSurrogate } from '../../wire/token.ts';

/** No address is longer in earnest, and readers cut long ones at different places. */
const MOST_LENGTH = 8_192;

/** `scheme://` and all up to the first slash, which is as far as any reader looks for the host. */
const ADDRESS = /^[a-z][a-z0-9+.-]*:\/\/(?<authority>[^/]*)/i;
/** Nothing is reached through these, so they have no host at all. */
const HOSTLESS = /^(?:data|mailto|tel|sms|urn|about|cid|mid):(?!\/\/)|^file:\/\/\/(?![/\\])/i;
/** Where well-known readers disagree about what the host is. */
const DISPUTED = /[\\\0-\x20\x7f?#]|@.*@/s;
const SEPARATORS = /[\\\0-\x20\x7f?#@:]+/;
/** The only place for brackets. */
const ADDRESS_6 = /^(?:[^@[\]]*@)?\[[0-9a-f:.]*\](?::\d*)?$/i;

/**
 * Whether the host of a URL is one of `patterns`, read as a browser reads it. Unknown where the value is no absolute
 * URL, and where other readers would find a host for which the answer is another. Ports do not count.
 */
export function compileHost(patterns: readonly string[]): (value: string) => Truth {
  const wanted = patterns.flatMap((pattern) => parsePattern(pattern) ?? []);
  const fits = (host: string): boolean =>
    wanted.some(({ name, below }) => (below ? host.endsWith(`.${name}`) : host === name));
  return (value) => {
    if (value.length > MOST_LENGTH || hasLoneSurrogate(value)) return 'unknown';
    if (HOSTLESS.test(value)) return false;
    const authority = ADDRESS.exec(value)?.groups?.['authority'];
    const hosts = authority === undefined ? null : listHosts(value, authority);
    if (hosts === null) return 'unknown';
    const found = hosts.map(fits);
    return found.every((one) => one === found[0]) ? found.includes(true) : 'unknown';
  };
}

/** What is wrong with a pattern of a host, as a clause; null where nothing is. */
export function explainHostPattern(pattern: string): string | null {
  if (pattern.trim() === '') return 'a host is a name such as example.com';
  if (pattern.includes('://')) return 'a host has no scheme; leave out all up to "://"';
  if (/[/?#\\]/.test(pattern)) return 'a host has no path; leave out all from the first slash on';
  if (pattern.includes('@')) return 'a host has no user; leave out all up to the "@"';
  if (/^[^[]*:\d*$/.test(pattern) && pattern.indexOf(':') === pattern.lastIndexOf(':'))
    return 'a host has no port, any port fits; leave out all from the ":" on';
  if (/\]:\d*$/.test(pattern))
    return 'a host has no port, any port fits; leave out the last ":" and the port';
  if (pattern.replace(/^\*\./, '').includes('*'))
    return 'a star may only stand in front, as in *.example.com, for all names below one';
  const parsed = parsePattern(pattern);
  if (parsed === null) return 'this is no name or address that a host can have';
  if (parsed.below && isAddress(parsed.name))
    return 'there are no names below an address; leave out the "*."';
  return null;
}

interface Pattern {
  readonly name: string;
  /** All real subdomains of `name`, and not itself. */
  readonly below: boolean;
}

function parsePattern(pattern: string): Pattern | null {
  const below = pattern.startsWith('*.');
  const text = below ? pattern.slice(2) : pattern;
  if (/[\0-\x20\x7f%@/?#\\*]/.test(text)) return null;
  const name = canonize(text) ?? (text.includes(':') ? canonize(`[${text}]`) : null);
  return name === null ? null : { name, below };
}

/** Every host that a well-known reader may find, at least one; null where that cannot be told. */
function listHosts(value: string, text: string): string[] | null {
  // Behind "?" or "#" only what could pass for another host matters.
  const authority = text.replace(/[?#][^@\\]*$/, '');
  const url = parseUrl(value);
  if (url === null || !isSettled(authority) || /^(?:\\|$)/.test(authority)) return null;
  if (/[[\]]/.test(authority) && !ADDRESS_6.test(authority)) return null;
  const host = settle(url.hostname);
  // Only of some schemes a browser knows that their hosts are hosts; drivers of databases read all alike.
  const name = host === null ? null : canonize(host);
  if (host === null || name === null) return null;
  const hosts = [host, name, ...listTwins(authority, name)];
  if (!DISPUTED.test(authority)) return hosts;
  const pieces = authority.split(SEPARATORS).filter((piece) => piece !== '');
  // What cannot be a host is one all the same for a reader that takes anything; it then fits nothing.
  return [...hosts, ...pieces.map((piece) => canonize(piece) ?? '')];
}

/** Percent signs are decoded by some readers; letters beyond ASCII are mapped in more than one way. */
function isSettled(authority: string): boolean {
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host.includes('%')) return false;
  if (/^[\0-\x7f]*$/.test(authority)) return true;
  if (/[^\0-\x7f]/.test(authority.slice(0, -host.length || undefined))) return false;
  // Sharp s, final sigma and the joiners were mapped away once and are letters now; other scripts have dots too.
  if (/\u00df|\u1e9e|\u03c2|\u200c|\u200d|\u3002/.test(host)) return false;
  const letters = host.replaceAll(/[A-Z]/g, 'x');
  return letters.normalize('NFKC') === letters && letters.toLowerCase() === letters;
}

/** The same address in another notation, or as readers take it that know no octal numbers. */
function listTwins(authority: string, host: string): string[] {
  const mapped = /^\[::(?:ffff:)?(?<high>[0-9a-f]{1,4}):(?<low>[0-9a-f]{1,4})\]$/.exec(host)?.groups;
  if (mapped !== undefined) {
    const [high, low] = [mapped['high'], mapped['low']].map((part) => Number.parseInt(part ?? '', 16));
    if (high === undefined || low === undefined) return [];
    return [[high >> 8, high & 255, low >> 8, low & 255].join('.')];
  }
  const written = /^(?:[^@]*@)*(?<quad>\d+(?:\.\d+){3})\.?(?::\d*)?$/.exec(authority)?.groups?.['quad'];
  const twin = written?.split('.').map(Number);
  return twin === undefined || twin.some((part) => part > 255) ? [] : [twin.join('.')];
}

/** One spelling for each host; null where the text is none. */
function canonize(text: string): string | null {
  const url = parseUrl(`http://${text}/`);
  if (url === null || url.pathname !== '/' || url.username !== '' || url.port !== '') return null;
  return settle(url.hostname);
}

/** Lower case, without the dot that ends a full name; null where it is no single name or address. */
function settle(hostname: string): string | null {
  const host = hostname.toLowerCase().replace(/\.$/, '');
  return /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/.test(host) ? host : null;
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || /^\d+(?:\.\d+){3}$/.test(host);
}

function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
