import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { guessProfile } from '../../src/catalogue/known-tool.ts';
import { loadRegexEngine } from '../../src/policy/condition/regex.ts';
import { judgeSource, parseLoaded, readSource, type Loaded } from '../../src/policy/file/load.ts';
import type { Layer } from '../../src/policy/policy.ts';
import { GROUND as NOWHERE } from '../helpers/policy.ts';

// Examples are written for tools as they are told apart for real.
const GROUND = { ...NOWHERE, classify: guessProfile };

beforeAll(loadRegexEngine);

/** A block of YAML in the documentation, with the file it is named as: one of the project, or a layer of a later one. */
interface Example {
  readonly page: string;
  readonly line: number;
  readonly name: string;
  readonly text: string;
}

const PAGES = ['policy.md', 'policy-recipes.md', 'approvals.md'];
const EXAMPLES = PAGES.flatMap(listExamples);

function listExamples(page: string): Example[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8');
  return [...text.matchAll(/^```yaml *([^\n]*)\n(.*?)^```$/gms)].map(
    ({ 1: name = '', 2: body = '', index }) => ({
      page,
      line: text.slice(0, index).split('\n').length,
      name,
      text: /^version:/m.test(body) ? body : `version: 1\n${body}`,
    }),
  );
}

/** The example with the layers that it names, which are examples before it. */
function load({ page, line, name, text }: Example): Loaded {
  const bytes = Buffer.from(text);
  if (/^\.?mcp-guard\./.test(name)) return judgeSource(readSource(bytes, name, true), [], GROUND);
  const named = /^layers: \[(.*)\]$/m.exec(text)?.[1]?.split(', ') ?? [];
  const added = named.map((entry): Layer => {
    const layer = EXAMPLES.find(
      (other) => other.page === page && `./${other.name}` === entry && other.line < line,
    );
    const policy = layer === undefined ? null : load(layer).policy;
    if (policy === null) throw new Error(`no sound example is named ${entry}`);
    return { policy, role: 'added' };
  });
  return parseLoaded(bytes, name === '' ? page : name, GROUND, added);
}

test('the documentation has examples', () => {
  expect(EXAMPLES.length).toBeGreaterThan(20);
});

describe.each(EXAMPLES)('the example at $page:$line', (example) => {
  test('is a sound policy, without a warning, whose tests pass', () => {
    const { policy, problems, tests } = load(example);
    expect(problems.map(({ line, message }) => `${example.line + line}: ${message}`)).toEqual([]);
    expect(policy).not.toBeNull();
    expect(tests.failed).toBe(0);
  });

  test('proves what it shows', () => {
    const decides = /^(?:tools|categories|risks|resources|prompts|methods|server_requests):/m.test(
      example.text,
    );
    const least = example.page === 'policy-recipes.md' ? 2 : 1;
    expect(load(example).tests.passed).toBeGreaterThanOrEqual(decides ? least : 0);
  });
});

test('a broken example fails, be it by an unknown word or by a test', () => {
  const page = 'policy.md';
  const [unknown, wrong] = ['tools:\n  a: alow\n', 'tests:\n  - { call: a, expect: deny }\n'].map((body) =>
    load({ page, line: 1, name: '', text: `version: 1\n${body}` }),
  );
  expect(unknown?.problems).toMatchObject([{ code: 'unknown_action' }]);
  expect(wrong?.problems).toMatchObject([{ code: 'test_failed' }]);
});
