import { expect, test } from 'vitest';
import { compilePolicy } from '../../src/policy/compile.ts';
import { decideForms, listForms } from '../../src/policy/decide-forms.ts';
import type { Query } from '../../src/policy/policy.ts';
import { GROUND, limitOf, policyOf, setOf } from '../helpers/policy.ts';

function ask(kind: Query['kind'], name: string): Query {
  return { kind, name, args: null, schema: null, profile: null };
}

test('the strictest answer to any spelling counts, with the rules and limits of all, each once', () => {
  const limit = limitOf('resources.*.rate_limit', 5);
  const rules = {
    resources: { '*': { action: 'allow', limit }, 'file:///etc/*': { action: 'deny' } },
  } as const;
  const policy = compilePolicy(setOf(policyOf({}, { rules })), GROUND);
  const { verdict, rule, matched, limits } = decideForms(policy, ask('resources', '/%65tc/passwd'));
  expect({ verdict, rule, matched, limits }).toEqual({
    verdict: 'deny',
    rule: 'resources.file:///etc/*',
    matched: [
      { rule: 'resources.file:///etc/*', layer: 'policy.yaml', action: 'deny', holds: true },
      { rule: 'resources.*', layer: 'policy.yaml', action: 'allow', holds: true },
    ],
    limits: [{ ...limit, layer: 'policy.yaml' }],
  });
});

test('a rule for an unusual spelling holds for that', () => {
  const rules = { resources: { '*': { action: 'allow' }, 'demo:%79': { action: 'deny' } } } as const;
  const policy = compilePolicy(setOf(policyOf({}, { rules })), GROUND);
  expect(decideForms(policy, ask('resources', 'demo:%79')).rule).toBe('resources.demo:%79');
  expect(decideForms(policy, ask('resources', 'demo:y')).rule).toBe('resources.*');
});

test.each<[Query['kind'], string, readonly string[]]>([
  ['resources', '/x', ['file:///x', '/x']],
  ['prompts', 'x ', ['x', 'x ']],
  ['methods', 'x/%79 ', ['x/%79 ']],
  ['tools', 'file:/x', ['file:/x']],
])('of %s %j the spellings are %j', (kind, name, forms) => {
  expect(listForms(ask(kind, name))).toEqual(forms.map((form) => ask(kind, form)));
});
