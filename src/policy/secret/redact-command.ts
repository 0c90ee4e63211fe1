import { isSecretElement } from './secret-place.ts';
import { isSecretKey } from './secret-key.ts';
import { isSecretValue } from './secret-value.ts';

const MASK = '[redacted]';
/** `--api-key=x`, `KEY=x`, `-eKEY=x`, `/key:x` */
const ASSIGNMENT = /^((?:-{0,2}|\/)[\w.-]+(?:=|:(?!\/\/)))(.*)$/s;

/** The command line of a server as it may be kept and shown: what looks like a secret, or follows its option, masked. */
export function redactCommand(argv: readonly string[]): string[] {
  return argv.map((word, index) => {
    const before = argv[index - 1] ?? null;
    if (isSecretElement(word, { before, index, isInner: false })) return MASK;
    const [, name = '', value = ''] = ASSIGNMENT.exec(word) ?? [];
    if (value !== '' && (isSecretKey(name) || isSecretValue(value))) return `${name}${MASK}`;
    return isSecretValue(word) ? MASK : word;
  });
}
