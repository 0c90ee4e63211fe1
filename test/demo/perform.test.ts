import { readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import { Agent } from '../../src/demo/agent.ts';
import { createAccount } from '../../src/demo/account.ts';
import { answerLine } from '../../src/demo/answer.ts';
import { readLines } from '../../src/demo/lines.ts';
import type { LogLine } from '../../src/demo/log-line.ts';
import { perform } from '../../src/demo/perform.ts';

const POLICY = readFileSync(new URL('../../src/demo/policy.yaml', import.meta.url), 'utf8');

/** What came of the five calls; those with a text were refused with it. */
const VERDICTS = [
  { code: 'allowed' },
  {
    code: 'denied',
    text: 'Policy violation: mcp-guard did not run delete_broker. Deletions go through Terraform. The policy denies it; calling it again will not help.',
  },
  { code: 'allowed' },
  {
    code: 'rate_limited',
    text: 'Policy violation: mcp-guard did not run list_brokers. The limit of 2 calls per 60 s is reached; the next call is possible in 58 s.',
  },
  { code: 'approved' },
];

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: { readonly name: string; readonly arguments: object };
}

/** Answers as the guard would with these verdicts, in front of the sample server. Gives the log it writes. */
function standGuard(input: PassThrough, output: PassThrough): Map<number, LogLine> {
  const account = createAccount();
  const log = new Map<number, LogLine>();
  void (async () => {
    for await (const line of readLines(input)) {
      const { id, method, params } = JSON.parse(line) as Request;
      const verdict = method === 'tools/call' ? VERDICTS[log.size] : undefined;
      if (verdict !== undefined) {
        log.set(id, {
          time: `2026-07-28T12:00:0${log.size}.123Z`,
          tool: params.name,
          verdict: verdict.text === undefined ? 'allow' : 'deny',
          code: verdict.code,
          rule: `tools.${params.name}`,
          arguments: params.arguments,
        });
      }
      const refused = verdict?.text !== undefined;
      const answer = refused ? renderRefusal(id, verdict.code, verdict.text) : answerLine(line, account);
      if (answer !== null) output.write(`${answer}\n`);
    }
    output.end();
  })();
  return log;
}

function renderRefusal(id: number, code: string, text: string): string {
  const meta = { 'io.github.mcp-guard/decision': { decision: 'deny', code } };
  return JSON.stringify({
    jsonrpc: '2.0',
    id,
    result: { content: [{ type: 'text', text }], isError: true, _meta: meta },
  });
}

test('tells five calls in eighty columns, and prints nothing while one is under way', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const log = standGuard(input, output);
  const printed: string[] = [];
  await perform({
    agent: new Agent(output, input),
    policy: POLICY,
    layout: { chalk: new Chalk({ level: 0 }), width: 80 },
    print: (text) => printed.push(text),
    readLog: async (id) => log.get(id) ?? null,
    pause: async () => undefined,
  });
  expect(printed).toHaveLength(12);
  expect(
    Math.max(
      ...printed
        .join('')
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(80);
  expect(printed.join('')).toMatchInlineSnapshot(`
    "
    mcp-guard demo

    An agent is about to make five calls to a server that manages message brokers.
    Each call passes mcp-guard, which holds it against a policy. The server is a
    sample: nothing real is touched, and nothing leaves this machine.

    1  The agent looks which brokers there are.
       call     list_brokers {"region":"us-east-1"}
       policy   list_brokers: { action: allow, rate_limit: 2/minute }
       ran      The server answered: orders, invoices, staging
       log      12:00:00Z  list_brokers  allow  allowed  tools.list_brokers
                {"region":"us-east-1"}

    2  It finds one it thinks nobody needs.
       call     delete_broker {"region":"us-east-1","BrokerId":"b-4d1f0c52"}
       policy   delete_broker:
                  action: deny
                  reason: Deletions go through Terraform
       refused  The agent reads: "Policy violation: mcp-guard did not run
                delete_broker. Deletions go through Terraform. The policy denies it;
                calling it again will not help."
       log      12:00:01Z  delete_broker  deny  denied  tools.delete_broker
                {"region":"us-east-1","BrokerId":"b-4d1f0c52"}

    3  It looks again. The broker is still there.
       call     list_brokers {"region":"us-east-1"}
       ran      The server answered: orders, invoices, staging
       log      12:00:02Z  list_brokers  allow  allowed  tools.list_brokers
                {"region":"us-east-1"}

    4  And again, the third time within a minute.
       call     list_brokers {"region":"us-east-1"}
       refused  The agent reads: "Policy violation: mcp-guard did not run
                list_brokers. The limit of 2 calls per 60 s is reached; the next
                call is possible in 58 s."
       log      12:00:03Z  list_brokers  deny  rate_limited  tools.list_brokers
                {"region":"us-east-1"}

    5  It wants an identity of its own. That is for a person to decide.
       call     identity_create_workload_identity {"name":"orders-agent",
                "allowedResourceOauth2ReturnUrls":["https://orders.example/done"]}
       policy   identity_create_workload_identity:
                  action: require_approval
                  reason: Creates a new IAM identity
                  rate_limit: { max: 10, window: 60 }
       ran      You said yes. The server answered:
                arn:aws:iam::123456789012:workload-identity/orders-agent
       log      12:00:04Z  identity_create_workload_identity  allow  approved
                tools.identity_create_workload_identity  {"name":"orders-agent",
                "allowedResourceOauth2ReturnUrls":["https://orders.example/done"]}

    All five calls stand in the log, whatever came of them. The demo's own folder is
    removed now.

    What next
       mcp-guard scan -- <your server>   what its tools can do, and how risky it is
       mcp-guard run -- <your server>    put the guard in front of a server of yours
       mcp-guard explain <tool>          what your policy says of a tool, and why
       docs/policy.md                    everything a policy can say
    "
  `);
});

test('fails with words when the guard ends early', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  output.end();
  await expect(new Agent(output, input).connect()).rejects.toThrow(
    'the guard ended before it answered initialize',
  );
});

test("fails with the guard's own sentence when it cannot start", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  output.end('{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"policy.yaml:1:1: unknown key"}}\n');
  await expect(new Agent(output, input).connect()).rejects.toMatchObject({
    message: 'the guard answered initialize with an error',
    excerpt: 'policy.yaml:1:1: unknown key',
  });
});
