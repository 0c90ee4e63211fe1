import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Entry } from '../../src/audit/entry.ts';
import type { Effect } from '../../src/relay/event.ts';
import { LogKeeper } from '../../src/relay/log-keeper.ts';
import { Notes } from '../../src/relay/notes.ts';
import { callOf } from '../helpers/audit-log.ts';

const CALL: Effect = { kind: 'log', entry: callOf() };
const RESULT: Effect = { kind: 'log', entry: { event: 'result', id: '7', outcome: 'ok', answer: null } };
const ANSWER: Effect = { kind: 'to-client', bytes: Buffer.from('{}\n') };

/** A log that takes what it is told, or says why not. */
class Place {
  readonly written: Entry['event'][][] = [];
  why: string | null = null;
  isRequired = true;
  stderr = '';

  open(): LogKeeper {
    const stderr = new Writable({
      write: (chunk, _, done) => {
        this.stderr += String(chunk);
        done();
      },
    });
    const log = {
      write: (entries: readonly Entry[]) => {
        if (this.why === null) this.written.push(entries.map(({ event }) => event));
        return this.why;
      },
      close: () => {},
    };
    return new LogKeeper(log, new Notes({ stderr }, 'info', 'mq'), () => this.isRequired);
  }
}

test('lines of calls stand before, outcomes alone behind, and both together before', () => {
  const place = new Place();
  const keeper = place.open();
  for (const effects of [[CALL], [ANSWER, RESULT], [RESULT, CALL], [ANSWER]]) {
    const before = place.written.length;
    expect(keeper.writeBefore(effects)).toBeNull();
    const first = place.written.slice(before);
    keeper.writeAfter(effects);
    place.written.splice(before, 99, first.flat(), place.written.slice(before + first.length).flat());
  }
  expect(place.written).toEqual([['call'], [], [], ['result'], ['result', 'call'], [], [], []]);
});

test('a log that cannot be written is told of once, until it can be', () => {
  const place = new Place();
  const keeper = place.open();
  place.why = 'ENOSPC, no space';
  expect([keeper.writeBefore([CALL]), keeper.writeBefore([CALL])]).toEqual([place.why, place.why]);
  place.why = null;
  expect(keeper.writeBefore([CALL])).toBeNull();
  expect(place.stderr).toBe(
    'mcp-guard: warning: the audit log cannot be written, so no call runs: ENOSPC, no space\n' +
      'mcp-guard: the audit log can be written again\n',
  );
});

test('a policy that does without the log lets calls run, loudly', () => {
  const place = new Place();
  place.isRequired = false;
  place.why = 'ENOSPC, no space';
  expect(place.open().writeBefore([CALL])).toBeNull();
  expect(place.stderr).toBe(
    'mcp-guard: warning: audit.required is off: calls run even when they cannot be logged\n' +
      'mcp-guard: warning: the audit log cannot be written, and calls run without it (audit.required is off): ENOSPC, no space\n',
  );
});
