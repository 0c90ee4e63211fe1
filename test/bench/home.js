// A private home with a policy of 50 rules, and a proof that the guard goes by it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from './peer.js';

const RULES = 50;

/** The folder (0700), and the path of the policy in it (0600). The calls of the bench name `tool_7`, which it allows. */
export function makeHome() {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-guard-bench-'));
  mkdirSync(join(folder, 'config'), { mode: 0o700 });
  const policy = join(folder, 'config/policy.yaml');
  const rules = Array.from({ length: RULES }, (_, index) =>
    index % 5 === 0 ? `"*_${index}x": deny` : `tool_${index}: allow`,
  );
  writeFileSync(policy, `version: 1\ndefault: deny\ntools:\n  ${rules.join('\n  ')}\n`, { mode: 0o600 });
  return { folder, policy };
}

/** Throws unless an allowed call is logged as allowed by its rule, and another as refused. */
export async function checkPolicy(start, { folder }) {
  const peer = start();
  peer.send(Buffer.concat([call(1), call(2, '{}', 'tool_nobody_allowed')]));
  await peer.answered(2);
  await peer.end();
  const logs = join(folder, 'state/audit');
  const entries = readdirSync(logs)
    .flatMap((name) => readFileSync(join(logs, name), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line))
    .filter(({ event }) => event === 'call')
    .map(({ tool, verdict, rule }) => `${tool} ${verdict} ${rule}`);
  const expected = ['tool_7 allow tools.tool_7', 'tool_nobody_allowed deny default'];
  if (entries.join() !== expected.join()) throw new Error(`the policy was not loaded: ${entries.join()}`);
}
