import { expect, test } from 'vitest';
import { record, refuse, spread, suggestFor } from './recorded.ts';

const SCHEMA = '{"type":"object","properties":{"path":{"type":"string"},"head":{"type":"integer"}}}';

test('a whole policy tells what happened, allows it, and asks about everything else', async () => {
  const write = { category: 'write', risk: 'medium', code: 'approved', approver: 'terminal' } as const;
  const calls = spread([
    record('read_file', '{"path":"/home/ada/work/a.txt"}'),
    record('read_file', '{"path":"/home/ada/work/notes/b.txt"}'),
    record('read_file', '{"path":"/home/ada/work/c.txt","head":5}'),
    record('read_file', '{"path":"/home/ada/work/d.txt","head":50}'),
    record('read_file', '{"path":"/home/ada/work/e.txt","head":20}'),
    record('set_mode', '{"mode":"fast","options":{"force":false}}', write),
    record('set_mode', '{"mode":"slow","options":{"force":false}}', write),
    record('set_mode', '{"mode":"fast","options":{"force":false}}', write),
    record('set_mode', '{"mode":"fast","options":{"force":true}}', write),
    record('post', '{"text":"hello"}', write),
    record('post', '{"text":"hello again"}', write),
    refuse(record('drop_all', '{}', { category: 'destructive', risk: 'critical' }), 'denied'),
    record('send', '{"to":"bob"}', write),
    refuse(record('send', '{"to":"eve"}', write), 'approval_denied'),
  ]);
  const { text, warnings } = await suggestFor(calls, { read_file: SCHEMA });
  expect(warnings).toEqual([]);
  expect(text).toMatchInlineSnapshot(`
    "# The least for "files": what ran of 5 tools in 12 recorded calls, from 2026-01-05T09:00:00Z to
    # 2026-01-05T09:02:00Z.
    #
    # Written by mcp-guard suggest from the audit log. Read it before you use it: it allows what happened, be that
    # right or wrong, and asks about everything else.
    #
    # Check it:  mcp-guard validate FILE
    # Use it:    mcp-guard run --policy FILE -- <command>
    version: 1
    server: files # another server does not start with it
    default: require_approval # what never happened is asked about
    pin: ask # a tool whose definition is no longer the one that was first seen

    tools:
      # no call ran; 1 refused by the policy.
      drop_all: { action: deny, reason: What was called of it was refused; your user may do it by hand }

      # 2 calls ran, 2026-01-05T09:01:30Z to 2026-01-05T09:01:40Z, 2 of them approved by a person.
      # args.text: "hello again" once, "hello" once
      # At most 2 in a minute and 2 in an hour of one session.
      post:
        - rate_limit: { max: 3, window: 1h, on_exceed: require_approval }
        - when:
            args: { length: 1 } # no other argument
            args.text: { exists: true, in: [hello again, hello] }
          action: allow
        - { action: require_approval, reason: No recorded call was like this }

      # 5 calls ran, 2026-01-05T09:00:00Z to 2026-01-05T09:00:40Z, none of them approved by a person.
      # args.head: 20 once, 5 once, 50 once
      # args.path: "/home/ada/work/a.txt" once, "/home/ada/work/c.txt" once, "/home/ada/work/d.txt" once,
      # "/home/ada/work/e.txt" once, "/home/ada/work/notes/b.txt" once
      # At most 5 in a minute and 5 in an hour of one session.
      read_file:
        - rate_limit: { max: 8, window: 1h, on_exceed: require_approval }
        - when:
            args: { length: 2 } # no other argument
            args.path: '/home/ada/work/c.txt'
            args.head: 5
          action: allow
        - when:
            args: { length: 2 } # no other argument
            args.path: '/home/ada/work/d.txt'
            args.head: 50
          action: allow
        - when:
            args: { length: 2 } # no other argument
            args.path: '/home/ada/work/e.txt'
            args.head: 20
          action: allow
        - when:
            args: { length: 1 } # no other argument
            args.path: { in: ['/home/ada/work/a.txt', '/home/ada/work/notes/b.txt'] }
          action: allow
        - { action: require_approval, reason: No recorded call was like this }

      # 1 call ran, 2026-01-05T09:02:00Z, 1 of them approved by a person; 1 refused by a person.
      # A person said no to it, so it is asked about each time.
      send: { action: require_approval, reason: A person said no to it before }

      # 4 calls ran, 2026-01-05T09:00:50Z to 2026-01-05T09:01:20Z, 4 of them approved by a person.
      # args.mode: "fast" 3 times, "slow" once
      # args.options.force: false 3 times, true once
      # At most 4 in a minute and 4 in an hour of one session.
      set_mode:
        - rate_limit: { max: 6, window: 1h, on_exceed: require_approval }
        - when:
            args: { length: 2 } # no other argument
            args.mode: { exists: true, in: [fast, slow] }
            args.options: { exists: true, length: 1 }
            args.options.force: { exists: true, eq: false }
          action: allow
        - when:
            args: { length: 2 } # no other argument
            args.mode: { exists: true, eq: fast }
            args.options: { exists: true, length: 1 }
            args.options.force: { exists: true, eq: true }
          action: allow
        - { action: require_approval, reason: No recorded call was like this }

    # Run whenever the file is read: one that fails refuses the whole file.
    tests:
      - { call: drop_all, expect: deny }
      - { call: post, args: { text: hello }, expect: allow }
      - { call: post, args: { text: hello-other }, expect: require_approval } # args.text
      - { call: post, args: { text: hello, never_seen_before: true }, expect: require_approval } # one more argument
      - { call: read_file, args: { path: '/home/ada/work/c.txt', head: 5 }, expect: allow }
      - { call: read_file, args: { path: '/home/ada/work/c.txt-other', head: 5 }, expect: require_approval } # args.path
      - { call: read_file, args: { path: '/home/ada/work/c.txt', head: 95 }, expect: require_approval } # args.head
      - { call: read_file, args: { path: '/home/ada/work/c.txt', head: 5, never_seen_before: true }, expect: require_approval } # one more argument
      - { call: read_file, args: { path: '/home/ada/work/d.txt', head: 50 }, expect: allow }
      - { call: read_file, args: { path: '/home/ada/work/d.txt-other', head: 50 }, expect: require_approval } # args.path
      - { call: read_file, args: { path: '/home/ada/work/d.txt', head: 950 }, expect: require_approval } # args.head
      - { call: read_file, args: { path: '/home/ada/work/d.txt', head: 50, never_seen_before: true }, expect: require_approval } # one more argument
      - { call: read_file, args: { path: '/home/ada/work/e.txt', head: 20 }, expect: allow }
      - { call: read_file, args: { path: '/home/ada/work/e.txt-other', head: 20 }, expect: require_approval } # args.path
      - { call: read_file, args: { path: '/home/ada/work/e.txt', head: 920 }, expect: require_approval } # args.head
      - { call: read_file, args: { path: '/home/ada/work/e.txt', head: 20, never_seen_before: true }, expect: require_approval } # one more argument
      - { call: read_file, args: { path: '/home/ada/work/a.txt' }, expect: allow }
      - { call: read_file, args: { path: '/home/ada/work/notes/b.txt-other' }, expect: require_approval } # args.path
      - { call: read_file, args: { path: '/home/ada/work/a.txt', never_seen_before: true }, expect: require_approval } # one more argument
      - { call: send, expect: require_approval }
      - { call: set_mode, args: { mode: fast, options: { force: false } }, expect: allow }
      - { call: set_mode, args: { mode: slow-other, options: { force: false } }, expect: require_approval } # args.mode
      - { call: set_mode, args: { mode: fast, options: null }, expect: require_approval } # args.options
      - { call: set_mode, args: { mode: fast, options: { force: another } }, expect: require_approval } # args.options.force
      - { call: set_mode, args: { mode: fast, options: { force: false }, never_seen_before: true }, expect: require_approval } # one more argument
      - { call: set_mode, args: { mode: fast, options: { force: true } }, expect: allow }
      - { call: set_mode, args: { mode: fast-other, options: { force: true } }, expect: require_approval } # args.mode
      - { call: set_mode, args: { mode: fast, options: null }, expect: require_approval } # args.options
      - { call: set_mode, args: { mode: fast, options: { force: another } }, expect: require_approval } # args.options.force
      - { call: set_mode, args: { mode: fast, options: { force: true }, never_seen_before: true }, expect: require_approval } # one more argument
      - { call: a_tool_never_seen, expect: require_approval } # never seen
    "
  `);
});
