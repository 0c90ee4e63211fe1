import { PIN_MODES, type PinMode } from '../policy.ts';
import type { Problems } from './problems.ts';
import { readChoice, reportType } from './shape.ts';
import type { Tree } from './tree.ts';

/** What becomes of a tool whose definition has changed; null where it cannot be told, which is reported. */
export function readPin(tree: Tree, problems: Problems): PinMode | null {
  if (tree.kind === 'scalar' && typeof tree.value === 'boolean') {
    // Older readers of YAML have one meaning for `off` and `false`; here nothing that switches off is guessed.
    const hint = tree.value
      ? 'use ask or deny; without the key it is ask'
      : 'use off: a tool that has changed is then called like before';
    reportType(tree, 'pin is a word', hint, problems);
    return null;
  }
  return readChoice(tree, 'pin', PIN_MODES, problems);
}
