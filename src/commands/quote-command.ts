/** A command as a person types it into a POSIX shell: what a shell would read as more stands in single quotes. */
export function quoteCommand(command: readonly string[]): string {
  return command
    .map((word) => (PLAIN.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`))
    .join(' ');
}

const PLAIN = /^[\w@%+=:,./-]+$/;
