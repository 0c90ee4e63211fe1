import { chmodSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ground } from '../../../src/policy/condition/ground.ts';
import { findPolicy } from '../../../src/policy/file/find.ts';
import { startReload, type Outcome, type Reloader } from '../../../src/policy/file/reload.ts';
import { signFiles } from '../../../src/policy/file/sign.ts';
import { watchFiles } from '../../../src/policy/file/watch.ts';
import { createFakeIo } from '../../helpers/fake-io.ts';
import { GROUND } from '../../helpers/policy.ts';

const OWN = 'config/policy.yaml';
const PROJECT = 'work/app/mcp-guard.yaml';

let home: string;
let reloader: Reloader | null;
let told: string[];
let wake: () => void;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-guard-reload-')));
  mkdirSync(join(home, 'work/app'), { recursive: true });
  reloader = null;
  told = [];
  wake = () => {};
});

afterEach(() => {
  reloader?.close();
  rmSync(home, { recursive: true, force: true });
});

function put(name: string, text: string): string {
  const path = join(home, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `version: 1\n${text}\n`, { mode: 0o600 });
  return path;
}

interface Rest {
  readonly explicit?: string;
  readonly ground?: Ground;
  readonly between?: () => void;
}

/** Finds the policy as it is, does something in between, and watches. */
async function start(rest: Rest = {}): Promise<void> {
  const ground = rest.ground ?? GROUND;
  const io = createFakeIo(home, { cwd: join(home, 'work/app') });
  const wanted = { explicit: rest.explicit, server: 'mq' };
  const found = await findPolicy(wanted, io, ground);
  rest.between?.();
  const onOutcome = (outcome: Outcome) => {
    told.push(...describeOutcome(outcome));
    wake();
  };
  reloader = startReload({ wanted, io, ground, found, onOutcome });
}

/** The defaults of the files that hold now, what is said of them, and what was kept. */
function describeOutcome(outcome: Outcome): string[] {
  if (outcome.kind === 'kept') return [`kept: ${outcome.summary.replaceAll(home, '')}`];
  const layers = outcome.set.layers.map(({ policy }) => policy.default.action);
  return [`changed: ${layers.join(' + ')}`, ...outcome.notices.map((text) => text.replaceAll(home, ''))];
}

/** What is told after something was done, up to the word that ends with `last`. */
async function hear(act: () => void, last: string): Promise<string[]> {
  told = [];
  act();
  while (told.at(-1)?.endsWith(last) !== true) await new Promise<void>((resolve) => (wake = resolve));
  return told;
}

describe('the policy of a person', () => {
  test('takes effect when it is saved', async () => {
    put(OWN, 'default: allow');
    await start();
    expect(await hear(() => put(OWN, 'default: deny'), 'deny')).toEqual(['changed: deny']);
    expect(await hear(() => put(OWN, 'default: allow'), 'allow')).toEqual(['changed: allow']);
  });

  test('stays when it is broken, until it is mended', async () => {
    put(OWN, 'default: allow');
    await start();
    const broken = 'kept: /config/policy.yaml:2:10: unknown action "dny"';
    expect(await hear(() => put(OWN, 'default: dny'), '"dny"')).toEqual([broken]);
    expect(await hear(() => put(OWN, 'default: allow'), 'allow')).toEqual(['changed: allow']);
  });

  test('is told of as at a start where it is broken', async () => {
    put(OWN, 'default: allow');
    const whys: string[] = [];
    const io = createFakeIo(home);
    const wanted = { explicit: undefined, server: 'mq' };
    const found = await findPolicy(wanted, io, GROUND);
    await new Promise<void>((resolve) => {
      const onOutcome = (outcome: Outcome) => {
        whys.push(outcome.kind === 'kept' ? outcome.why.replaceAll(home, '') : outcome.kind);
        resolve();
      };
      reloader = startReload({ wanted, io, ground: GROUND, found, onOutcome });
      put(OWN, 'default: dny');
    });
    expect(whys).toEqual([
      [
        'mcp-guard: error: /config/policy.yaml:2:10: unknown action "dny"',
        'default: dny',
        '         ^^^',
        'mcp-guard: hint: use allow, require_approval or deny',
      ].join('\n'),
    ]);
  });

  test.each<[string, () => void, string]>([
    ['whose test fails', () => put(OWN, 'tests: [{ call: x, expect: deny }]'), 'by default, and not deny'],
    ['that others can write', () => chmodSync(join(home, OWN), 0o666), 'who could change what is allowed'],
    ['for another server', () => put(OWN, 'server: github'), 'is for "github", and this server is "mq"'],
    ['that is no file any more', () => pipeInPlaceOf(OWN), 'and a policy is a regular file'],
  ])('stays in place of one %s', async (_, act, last) => {
    put(OWN, 'default: allow');
    await start();
    expect(await hear(act, last)).toEqual([expect.stringMatching(/^kept: /)]);
  });

  test('is told of once however often the same is saved', async () => {
    const file = put(OWN, 'default: allow');
    await start();
    await hear(() => put(OWN, 'default: dny'), '"dny"');
    await new Promise<void>((resolve) => {
      const watch = watchFiles(signFiles([file]), () => [watch.close(), resolve()], { now: () => 0 });
      renameSync(put('next', 'default: dny'), file);
    });
    expect(told).toEqual(['kept: /config/policy.yaml:2:10: unknown action "dny"']);
    expect(await hear(() => put(OWN, 'default: dony'), '"dony"')).toEqual([
      'kept: /config/policy.yaml:2:10: unknown action "dony"',
    ]);
  });

  test('holds on when its file goes, and follows it when it comes back', async () => {
    const file = put(OWN, 'default: deny');
    await start();
    expect(await hear(() => rmSync(file), 'ends')).toEqual([
      'kept: /config/policy.yaml is gone; what it said holds until the guard ends',
    ]);
    expect(await hear(() => put(OWN, 'default: allow'), 'allow')).toEqual(['changed: allow']);
  });

  test('takes effect when it comes to be, with the folder that holds it', async () => {
    await start();
    expect(await hear(() => put(OWN, 'default: deny'), 'deny')).toEqual(['changed: deny']);
  });

  test('gives way to one for this server alone, also by a new name of the same file', async () => {
    put(OWN, 'default: allow');
    await start();
    const file = put('config/mq.yml', 'default: deny');
    await hear(() => {}, 'deny');
    await hear(() => renameSync(file, join(home, 'config/mq.yaml')), 'deny');
    expect(told).toEqual(['changed: deny']);
  });

  test('does not give way to a milder one for all servers when its own file goes', async () => {
    put(OWN, 'default: allow');
    const file = put('config/mq.yaml', 'default: deny');
    await start();
    expect(await hear(() => rmSync(file), 'ends')).toEqual([
      'kept: /config/mq.yaml is gone; what it said holds until the guard ends',
    ]);
  });

  test('holds on when the file that was named goes', async () => {
    const file = put('named.yaml', 'default: deny');
    put(OWN, 'default: allow');
    await start({ explicit: file });
    expect(await hear(() => rmSync(file), 'ends')).toEqual([
      'kept: /named.yaml is gone; what it said holds until the guard ends',
    ]);
  });

  test('takes effect where it was saved before it was watched', async () => {
    put(OWN, 'default: allow');
    const between = () => put(OWN, 'default: deny');
    await hear(() => void start({ between }), 'deny');
    expect(told).toEqual(['changed: deny']);
  });

  test('takes effect where it was saved while it was being read', async () => {
    put(OWN, 'env: [PATH]\ndefault: allow');
    let save = () => put(OWN, 'env: [PATH]\ndefault: require_approval');
    // Asked for once the bytes were read.
    const ground: Ground = {
      ...GROUND,
      get platform() {
        save();
        save = () => '';
        return 'linux' as const;
      },
    };
    await start({ ground });
    await hear(() => {}, 'approval');
    save = () => put(OWN, 'env: [PATH]\ndefault: allow');
    expect(await hear(() => put(OWN, 'env: [PATH]\ndefault: deny'), 'allow')).toEqual([
      'changed: deny',
      'changed: allow',
    ]);
  });

  test('tells a warning once, and that env waits for the next start', async () => {
    put(OWN, 'default: allow');
    await start();
    const env = 'env has changed, and takes effect when the server starts anew';
    const path = '/config/policy.yaml:2:6: env lists no PATH, so the server finds no programs by name';
    expect(await hear(() => put(OWN, 'env: [A]\ndefault: deny'), env)).toEqual(['changed: deny', path, env]);
    expect(await hear(() => put(OWN, 'env: [A]\ndefault: allow'), 'allow')).toEqual(['changed: allow']);
  });

  test('is not watched where it says so, nor any more once it says so', async () => {
    put(OWN, 'reload: off');
    await start();
    expect(reloader).toBeNull();
    put(OWN, 'default: allow');
    await start();
    await hear(() => put(OWN, 'default: deny\nreload: off'), 'deny');
    put(OWN, 'default: allow');
    put('other.yaml', 'default: allow');
    const other = { explicit: join(home, 'other.yaml') };
    await start(other);
    // The second watch hears of a change that came after that which the first would have heard of.
    await hear(() => put('other.yaml', 'default: require_approval'), 'require_approval');
    expect(told).toEqual(['changed: require_approval']);
  });

  test('changes nothing after the watch was closed, even if it is being read', async () => {
    put(OWN, 'default: allow');
    await start();
    const first = reloader;
    const said: string[] = [];
    told = said;
    put(OWN, 'default: deny');
    first?.close();
    await start();
    await hear(() => put(OWN, 'default: require_approval'), 'require_approval');
    expect(said).toEqual([]);
  });
});

describe('a layer', () => {
  test('takes effect when it is saved', async () => {
    put(OWN, 'layers: [./a.yaml]\ndefault: allow');
    put('config/a.yaml', 'default: allow');
    await start();
    expect(await hear(() => put('config/a.yaml', 'default: deny'), 'deny')).toEqual([
      'changed: allow + deny',
    ]);
  });

  test('holds on when its file goes while it is named, and no longer', async () => {
    put(OWN, 'layers: [./a.yaml]\ndefault: allow');
    const layer = put('config/a.yaml', 'default: deny');
    await start();
    expect(await hear(() => rmSync(layer), 'file')).toEqual([
      'kept: /config/policy.yaml:2:10: the layer "./a.yaml" cannot be read: there is no such file',
    ]);
    expect(await hear(() => put(OWN, 'default: allow'), 'allow')).toEqual(['changed: allow']);
  });

  test('that was added broken takes effect once it is mended', async () => {
    put(OWN, 'default: allow');
    await start();
    put('config/a.yaml', 'default: dny');
    await hear(() => put(OWN, 'layers: [./a.yaml]\ndefault: allow'), '"dny"');
    expect(await hear(() => put('config/a.yaml', 'default: deny'), 'deny')).toEqual([
      'changed: allow + deny',
    ]);
  });
});

describe('a file of the project', () => {
  test.each([PROJECT, 'work/app/.mcp-guard.yml', 'work/app/mcp-guard.json'])(
    'takes effect when it comes to be at %s',
    async (name) => {
      put(OWN, 'default: allow');
      await start();
      const act = () => writeFileSync(join(home, name), '{"version": 1, "default": "deny"}', { mode: 0o600 });
      expect(await hear(act, 'policy')).toEqual([
        'changed: allow + deny',
        `/${name} was found, and tightens the policy`,
      ]);
    },
  );

  test('holds on when it goes, and keeps nobody from changing their own', async () => {
    put(OWN, 'default: allow');
    const file = put(PROJECT, 'default: deny');
    await start();
    const gone = `kept: /${PROJECT} is gone; what it said holds until the guard ends`;
    expect(await hear(() => rmSync(file), 'ends')).toEqual([gone]);
    expect(await hear(() => put(OWN, 'default: require_approval'), 'ends')).toEqual([
      'changed: require_approval + deny',
      gone,
    ]);
    expect(await hear(() => put(PROJECT, 'default: allow'), 'allow')).toEqual([
      'changed: require_approval + allow',
    ]);
  });

  test.each<[string, () => void, string]>([
    ['is broken', () => put(PROJECT, 'env: [A]'), `"env" in a project's policy`],
    ['is no file any more', () => pipeInPlaceOf(PROJECT), 'and a policy is a regular file'],
    ['has a test that fails', () => put(PROJECT, 'tests: [{ call: x, expect: allow }]'), 'and not allow'],
  ])('holds on when it %s, and keeps nobody from changing their own', async (_, act, last) => {
    put(OWN, 'default: allow');
    put(PROJECT, 'default: deny');
    await start();
    await hear(act, last);
    expect(await hear(() => put(OWN, 'default: require_approval'), last)).toEqual([
      'changed: require_approval + deny',
      expect.stringMatching(/^kept: /),
    ]);
  });

  test('is told of beside a policy that is broken as well', async () => {
    put(OWN, 'default: allow');
    put(PROJECT, 'default: deny');
    await start();
    const act = () => {
      put(OWN, 'default: x');
      put(PROJECT, 'default: y');
    };
    expect(await hear(act, '"y"')).toEqual([
      `kept: /${OWN}:2:10: unknown action "x"; /${PROJECT}:2:10: unknown action "y"`,
    ]);
  });

  test('does not give way to a nearer one, which may say less', async () => {
    put(OWN, 'default: allow');
    put('work/mcp-guard.yaml', 'default: deny');
    await start();
    put(PROJECT, 'default: allow');
    expect(await hear(() => put(OWN, 'default: require_approval'), 'deny')).toEqual([
      'changed: require_approval + deny',
    ]);
  });

  test('that comes to be and is no file stops nothing', async () => {
    put(OWN, 'default: allow');
    await start();
    pipeInPlaceOf(PROJECT);
    expect(await hear(() => put(OWN, 'default: deny'), 'not read')).toEqual([
      'changed: deny',
      `/${PROJECT} is no regular file, and is not read`,
    ]);
  });
});

function pipeInPlaceOf(name: string): void {
  rmSync(join(home, name), { force: true });
  execFileSync('/usr/bin/mkfifo', [join(home, name)]);
}
