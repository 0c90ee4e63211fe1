import { expect, test } from 'vitest';
import { parseLoaded } from '../../../src/policy/file/load.ts';
import { GROUND } from '../../helpers/policy.ts';
import { renderProblem } from '../../../src/policy/read/render-problem.ts';

function render(text: string, file = 'mcp-guard.yaml'): string {
  const { problems } = parseLoaded(Buffer.from(text), file, GROUND);
  return problems.map((problem) => renderProblem(problem, text)).join('\n');
}

test('shows place, line, caret and hint', () => {
  expect(render('version: 1\ntools:\n  a:\n    action: alow\n')).toMatchInlineSnapshot(`
    "mcp-guard: error: mcp-guard.yaml:4:13: unknown action "alow"
        action: alow
                ^^^^
    mcp-guard: hint: use allow, require_approval or deny"
  `);
});

test('shows what the file holds, and its name, without letting it draw', () => {
  const shown = render('version: 1\ndefault: "\u202e\u009b2J"\n', 'a\u001b[2J.yaml');
  expect(shown).not.toMatch(/\p{C}(?<!\n)/u);
  expect(shown).toMatchInlineSnapshot(`
    "mcp-guard: error: a\\x1b[2J.yaml:2:12: a control character, \\x9b
    default: "\\u{202e}\\x9b2J"
                      ^^^^
    mcp-guard: hint: remove it, or write it as an escape in double quotes"
  `);
});

test('cuts a long line on both sides of the place', () => {
  const filler = Array.from({ length: 50 }, (_, index) => `"tool_${index}": "deny"`).join(', ');
  const shown = render(
    `{"version": 1, "tools": {${filler}, "x": "alow", ${filler.replaceAll('tool', 'more')}}}`,
  );
  expect(shown.split('\n').every((line) => line.length <= 104)).toBe(true);
  expect(shown).toMatchInlineSnapshot(`
    "mcp-guard: error: mcp-guard.yaml:1:971: unknown action "alow"
    …l_48": "deny", "tool_49": "deny", "x": "alow", "more_0": "deny", "more_1": "deny", "more_2": "deny",…
                                            ^^^^^^
    mcp-guard: hint: use allow, require_approval or deny"
  `);
});
