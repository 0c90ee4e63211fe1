import type { ScannedTool } from '../catalogue/scan/scan.ts';
import { CATEGORIES, RISKS } from '../policy/profile.ts';

/** `40 tools: 20 read, 12 write, 8 destructive; 3 critical, 7 high risk`. */
export function countTools(tools: readonly ScannedTool[]): string {
  const total = `${tools.length} ${tools.length === 1 ? 'tool' : 'tools'}`;
  if (tools.length === 0) return total;
  const categories = CATEGORIES.map((word) => count(tools, ({ category }) => category === word, word));
  const risks = RISKS.toReversed().map((word) => count(tools, ({ risk }) => risk === word, word));
  return `${total}: ${categories.filter(Boolean).join(', ')}; ${risks.filter(Boolean).join(', ')} risk`;
}

function count(
  tools: readonly ScannedTool[],
  fits: (one: ScannedTool['assessment']) => boolean,
  word: string,
): string {
  const fitting = tools.filter(({ assessment }) => fits(assessment)).length;
  return fitting === 0 ? '' : `${fitting} ${word}`;
}
