import { escapeUnseen, quote } from '../../policy/quote.ts';
import type { Assessment } from '../assessment.ts';
import type { ListedTool } from '../listing.ts';
import { INSTRUCTIONS } from '../words/instructions.ts';

const LONGEST = 64 << 10;
/** Blank space that pushes what follows out of sight. */
const WIDEST_BLANK = 120;

/** What is odd about one tool, in sentences. */
export function warnOfTool(tool: ListedTool, assessment: Assessment): string[] {
  const texts = [
    ['name', tool.name],
    ['title', tool.title],
    ['description', tool.description],
  ] as const;
  return [...warnOfHints(tool, assessment), ...texts.flatMap(([what, text]) => warnOfText(what, text))];
}

/** A hint that the name contradicts is a mistake, or a lie; either way it is worth nothing. */
function warnOfHints(
  { annotations: { readOnly, destructive } }: ListedTool,
  { category, evidence }: Assessment,
): string[] {
  const [why = ''] = evidence;
  const warnings: string[] = [];
  if (readOnly === true && category !== 'read')
    warnings.push(`it says that it only reads (readOnlyHint), but ${why}`);
  if (readOnly === true && destructive === true)
    warnings.push('it says that it only reads and that it destroys');
  if (destructive === false && category === 'destructive') {
    warnings.push(`it says that it does not destroy (destructiveHint: false), but ${why}`);
  }
  return warnings;
}

function warnOfText(what: string, whole: string | null): string[] {
  if (whole === null) return [];
  const text = whole.slice(0, LONGEST);
  const warnings: string[] = [];
  const hidden = findHidden(text);
  if (hidden > 0) {
    warnings.push(
      `the ${what} holds ${hidden} ${hidden === 1 ? 'character' : 'characters'} that nobody sees`,
    );
  }
  if (new RegExp(`[ \\t]{${WIDEST_BLANK},}|\\n{20,}`).test(text)) {
    warnings.push(`the ${what} holds blank space that pushes the rest out of sight`);
  }
  const said = INSTRUCTIONS.map((pattern) => pattern.exec(text)?.[0]).find((found) => found !== undefined);
  if (said !== undefined) warnings.push(`the ${what} speaks to the model: ${quote(said.trim(), 80)}`);
  if (whole.length > LONGEST) warnings.push(`the ${what} is ${whole.length} characters long`);
  return warnings;
}

/** Line breaks and tabs are layout. */
function findHidden(text: string): number {
  const plain = text.replaceAll(/[\n\r\t\u00a0]/g, ' ');
  const seen = escapeUnseen(plain);
  if (seen.length === plain.length) return 0;
  return Array.from(plain).filter((sign) => escapeUnseen(sign) !== sign).length;
}
