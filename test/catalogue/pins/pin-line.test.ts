import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PinRecord } from '../../../src/catalogue/pins/pin-book.ts';
import {
  parseHeader,
  parseRecord,
  renderHeader,
  renderRecord,
} from '../../../src/catalogue/pins/pin-line.ts';

const text = fc.string({ unit: 'binary' });
const definition = fc.record({ hash: text, text: fc.option(text) });
const records: fc.Arbitrary<PinRecord> = fc.oneof(
  fc.record({ kind: fc.constantFrom('pin', 'seen'), tool: text, definition }),
  fc.record({ kind: fc.constant('accept'), tool: text, hash: text }),
  fc.record({ kind: fc.constant('forget'), tool: text }),
  fc.record({ kind: fc.constant('package'), package: fc.record({ name: text, version: text }) }),
);

test('whatever a record holds, it is one line and comes back as it was', () => {
  fc.assert(
    fc.property(records, text, (record, time) => {
      const line = renderRecord(record, time);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(parseRecord(line.trimEnd())).toEqual({ time, record });
    }),
  );
});

test('whatever a server is called, its header is one line and comes back as it was', () => {
  fc.assert(
    fc.property(text, fc.array(text), (name, command) => {
      const line = renderHeader({ name, command });
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(parseHeader(line)).toEqual({ name, command });
    }),
  );
});

describe('a line', () => {
  test.each([
    '',
    '7',
    'null',
    '[]',
    '{}',
    '{"time":"x"}',
    '{"time":7,"kind":"forget","tool":"a"}',
    '{"time":"x","kind":"forget"}',
    '{"time":"x","kind":"forget","tool":7}',
    '{"time":"x","kind":"accept","tool":"a"}',
    '{"time":"x","kind":"pin","tool":"a"}',
    '{"time":"x","kind":"pin","tool":"a","hash":null}',
    '{"time":"x","kind":"package","name":"a"}',
    '{"time":"x","kind":"to come","tool":"a","hash":"b"}',
    '{"time":"x","kind":"forget","tool":"a"',
  ])('that is torn, or of another kind, is no record: %s', (line) => {
    expect(parseRecord(line)).toBeNull();
  });

  test('may hold more than this version knows', () => {
    expect(parseRecord('{"time":"x","kind":"forget","tool":"a","by":"b"}')).toEqual({
      time: 'x',
      record: { kind: 'forget', tool: 'a' },
    });
  });

  test.each([
    '',
    '[]',
    '{"version":2,"server":"a","command":[]}',
    '{"version":"1","server":"a","command":[]}',
    '{"version":1,"server":7,"command":[]}',
    '{"version":1,"server":"a","command":["a",7]}',
    '{"version":1,"server":"a"}',
  ])('is no header where it is %s', (line) => {
    expect(parseHeader(line)).toBeNull();
  });
});
