import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What the guard lets a client carry from one request to the next (specification 2026-07-28, basic/patterns/mrtr): the
 * client is not trusted with it, so it is signed, expires, and is bound to one call.
 */
export interface Ticket {
  /** `ask`: the client was asked. `wait`: a person elsewhere still thinks. `go-on`: the call was allowed, the server asks. */
  readonly kind: 'ask' | 'wait' | 'go-on';
  /** Names one question, or one allowed call. */
  readonly key: string;
  /** How often the question has been carried on. */
  readonly leg: number;
  /** Monotonic ms of this process. */
  readonly expires: number;
  /** Digest of the call. */
  readonly digest: string;
}

export interface Seal {
  /** Names this process: what another one sealed, a guard further on perhaps, is not ours to read. */
  readonly instance: string;
  readonly secret: Uint8Array;
}

const PREFIX = 'mg1';
const SEPARATOR = '.';

/** The ticket as the text of a `requestState`. */
export function sealTicket(ticket: Ticket, seal: Seal): string {
  const payload = Buffer.from(JSON.stringify(ticket)).toString('base64url');
  return [PREFIX, seal.instance, payload, sign(payload, seal)].join(SEPARATOR);
}

export type Opened =
  /** Not of this guard: the server's own. */
  | { readonly kind: 'foreign' }
  /** Of this guard, but changed or expired. */
  | { readonly kind: 'void' }
  | { readonly kind: 'ticket'; readonly ticket: Ticket };

/** Reads a `requestState`; `now` is monotonic ms. */
export function openTicket(text: string, seal: Seal, now: number): Opened {
  const [prefix, instance, payload = '', mac = '', ...rest] = text.split(SEPARATOR);
  if (prefix !== PREFIX || instance !== seal.instance) return { kind: 'foreign' };
  const given = Buffer.from(mac);
  const right = Buffer.from(sign(payload, seal));
  if (rest.length > 0 || given.length !== right.length || !timingSafeEqual(given, right))
    return { kind: 'void' };
  // The signature is ours, so the payload is what `sealTicket` wrote.
  const ticket = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Ticket;
  return ticket.expires > now ? { kind: 'ticket', ticket } : { kind: 'void' };
}

function sign(payload: string, { instance, secret }: Seal): string {
  return createHmac('sha256', secret).update(`${PREFIX}.${instance}.${payload}`).digest('base64url');
}
