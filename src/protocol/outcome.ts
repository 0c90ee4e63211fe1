import { listMembers } from '../wire/skim.ts';
import { decodeString } from '../wire/token.ts';

/** What a result of the server comes to. */
export type Outcome = 'ok' | 'tool_error' | 'input_required';

/** As in 2026-07-28; a result without it is complete. */
const INPUT_REQUIRED = '"input_required"';

/** What a result says of itself: that the tool failed (`isError`), or that the server asks something first. */
export function readOutcome(result: Buffer): Outcome {
  // A look for the words costs a thousandth of walking through an answer of 10 MB.
  if (result.includes('"isError"') && readMember(result, 'isError') === 'true') return 'tool_error';
  if (result.includes(INPUT_REQUIRED) && readMember(result, 'resultType') === INPUT_REQUIRED)
    return 'input_required';
  return 'ok';
}

/** The raw value of the last member of that name: readers take that one. */
function readMember(object: Buffer, name: string): string | null {
  const members = listMembers(object, { start: 0, end: object.length }) ?? [];
  const value = members.findLast(({ key }) => isNamed(object, key, name))?.value;
  return value === undefined
    ? null
    : object.toString('latin1', value.start, Math.min(value.end, value.start + 32));
}

function isNamed(object: Buffer, key: Parameters<typeof decodeString>[1], name: string): boolean {
  try {
    return decodeString(object, key) === name;
  } catch {
    return false;
  }
}
