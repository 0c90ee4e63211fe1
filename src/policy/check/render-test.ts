import type { Literal, Test } from '../condition/condition.ts';
import { quote } from '../quote.ts';

/** A test as a policy writes it, on one line: `gt 5`, `in ["a", "b"]`. */
export function renderTest(test: Test): string {
  return `${test.kind} ${renderOperand(test)}`;
}

export function renderLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(literal.value);
    case 'number':
      return literal.text;
    case 'string':
      return quote(literal.value);
  }
}

function renderOperand(test: Test): string {
  if ('literal' in test) return renderLiteral(test.literal);
  if ('literals' in test) return `[${test.literals.map(renderLiteral).join(', ')}]`;
  if ('bound' in test) return test.bound;
  if ('pattern' in test) return quote(test.pattern);
  if ('text' in test) return quote(test.text);
  if ('wanted' in test) return String(test.wanted);
  if ('tests' in test) return `{ ${test.tests.map(renderTest).join(', ')} }`;
  return renderWords('folders' in test ? test.folders : test.patterns);
}

function renderWords(words: readonly string[]): string {
  return words.length === 1 ? quote(words[0] ?? '') : `[${words.map((word) => quote(word)).join(', ')}]`;
}
