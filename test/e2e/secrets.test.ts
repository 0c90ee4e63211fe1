import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMAND, plantSecrets, SECRETS } from '../fixtures/planted-secrets.ts';
import { fixture, Guard, makeHome, readLog } from '../helpers/guard.ts';

const SERVER = [process.execPath, fixture('leaky-server.js'), ...COMMAND];
const LAST = 1_000_000;

const hashOf = (name: string, text: string): string =>
  createHash(name).update(text).digest('hex').slice(0, 12);
/** Each secret, and what could be looked up to find it. */
const TRACES = SECRETS.flatMap((secret) =>
  [secret, JSON.stringify(secret)].flatMap((text) => [
    [secret, text.replaceAll('"', '')],
    ...['sha256', 'sha1', 'md5'].map((name) => [`${name} of ${secret}`, hashOf(name, text)]),
  ]),
);

function readAll(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${path}\n${entry.isFile() ? readFileSync(path, 'utf8') : ''}`;
    })
    .join('\n');
}

describe('a client that puts secrets wherever it can', () => {
  test.each<[string, string, readonly string[]]>([
    ['allows', 'default: allow\nresources: { "*": allow }\nprompts: { "*": allow }\n', []],
    ['denies', 'default: deny\n', []],
    [
      'asks when nobody is there',
      'default: require_approval\napproval: { channels: [console], timeout: 1s }\n',
      [],
    ],
    ['limits', 'default: allow\nrate_limit: { max: 1, window: 1h, scope: machine }\n', []],
    ['would deny', 'default: deny\n', ['--dry-run']],
  ])('leaves none where a policy %s', async (_, policy, options) => {
    const home = makeHome(`version: 1\n${policy}`);
    const guard = new Guard({ home, options: [...options, '--log-level', 'debug'], command: SERVER });
    const clientInfo = { name: 'test', version: '1' };
    const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
    guard.send({ jsonrpc: '2.0', id: 'i', method: 'initialize', params });
    await guard.answer('i');
    guard.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    guard.send({ jsonrpc: '2.0', id: 'l', method: 'tools/list' });
    await guard.answer('l');
    const lines = plantSecrets();
    const sent = [...lines, ...lines.map((line) => JSON.stringify(line)), ...COMMAND].join('\n');
    expect(SECRETS.filter((secret) => !sent.includes(secret))).toEqual([]);
    guard.send(...lines);
    guard.call(LAST, 'put', {});
    await guard.answer(LAST);
    // A question that nobody sees ends with its time.
    await guard.answer((JSON.parse(lines[0] ?? '') as { id: number }).id);
    guard.end();
    await guard.exit;
    expect(readLog(home).filter(({ event }) => event === 'call').length).toBeGreaterThan(SECRETS.length);
    const left = `${readAll(join(home, 'state'))}\n${guard.stderr}`;
    expect(left).toContain('[redacted');
    expect(left).toContain('leaky-server.js');
    expect(TRACES.filter(([, trace = '']) => left.includes(trace)).map(([name]) => name)).toEqual([]);
  });
});
