import { describe, expect, test } from 'vitest';
import { openTicket, sealTicket, type Ticket } from '../../src/protocol/request-state.ts';

const seal = { instance: 'a1', secret: Buffer.alloc(32, 1) };
const ticket: Ticket = { kind: 'ask', key: 'k', leg: 1, expires: 1_000, digest: 'd' };

describe('a ticket', () => {
  test('comes back as it went out, until it expires', () => {
    expect(openTicket(sealTicket(ticket, seal), seal, 999)).toEqual({ kind: 'ticket', ticket });
    expect(openTicket(sealTicket(ticket, seal), seal, 1_000)).toEqual({ kind: 'void' });
  });

  test('is void with any other byte', () => {
    const text = sealTicket(ticket, seal);
    const start = `mg1.${seal.instance}.`.length;
    for (let at = start; at < text.length; at++) {
      const other = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
      expect(openTicket(other, seal, 0)).toEqual({ kind: 'void' });
    }
  });

  test('of another secret is void, of another run foreign, as is anything else', () => {
    expect(openTicket(sealTicket(ticket, { ...seal, secret: Buffer.alloc(32, 2) }), seal, 0)).toEqual({
      kind: 'void',
    });
    for (const text of ['', 'U1', 'mg1.', 'mg2.a1.x.y', sealTicket(ticket, { ...seal, instance: 'b2' })]) {
      expect(openTicket(text, seal, 0)).toEqual({ kind: 'foreign' });
    }
  });
});
