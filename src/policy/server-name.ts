/** Programs that start another: their own words before it, and the options that take a value. */
interface Launcher {
  readonly words: readonly (readonly string[])[];
  readonly valued: RegExp;
  /** The option whose value is what is started. */
  readonly module?: RegExp;
}

const NO_WORDS = [[]];
const NODE = {
  words: NO_WORDS,
  valued: /^(?:-r|--require|--import|--loader|--experimental-loader|--env-file|-C|--conditions)$/,
};
const NPX = { words: NO_WORDS, valued: /^(?:-p|--package|-w|--workspace|--registry|--cache|--userconfig)$/ };
const UV =
  /^(?:--from|--with|--with-editable|--with-requirements|-p|--python|-i|--index|--index-url|--default-index|--extra-index-url|--directory|--project|--env-file|--extra|--group|--refresh-package)$/;
const PYTHON = { words: NO_WORDS, valued: /^-[WX]$/, module: /^-m$/ };
const CONTAINER = {
  words: [['run'], ['container', 'run']],
  valued: /^(?:--(?!rm$|init$|interactive$|tty$|privileged$|read-only$|detach$)[^=]+|-[aceghlmpuvw])$/,
};

const LAUNCHERS: ReadonlyMap<string, Launcher> = new Map<string, Launcher>([
  ['uvx', { words: NO_WORDS, valued: UV }],
  ['uv', { words: [['tool', 'run'], ['run']], valued: UV, module: /^(?:-m|--module|-s|--script)$/ }],
  ['pipx', { words: [['run']], valued: /^(?:--spec|--python|--pip-args|--index-url)$/ }],
  ['npx', NPX],
  ['bunx', NPX],
  ['pnpx', NPX],
  ['npm', { ...NPX, words: [['exec'], ['x']] }],
  ['pnpm', { ...NPX, words: [['dlx'], ['exec']] }],
  ['yarn', { ...NPX, words: [['dlx'], ['exec']] }],
  ['node', NODE],
  ['tsx', NODE],
  ['bun', { ...NODE, words: [['x'], ['run'], []] }],
  ['deno', { words: [['run'], []], valued: /^(?:-c|--config|--import-map|--lock)$/ }],
  ['python', PYTHON],
  ['python3', PYTHON],
  ['py', PYTHON],
  ['docker', CONTAINER],
  ['podman', CONTAINER],
  ['java', { words: NO_WORDS, valued: /^(?:-cp|-classpath|--class-path)$/, module: /^-jar$/ }],
  ['go', { words: [['run']], valued: /^(?:-C|-mod|-tags)$/ }],
  ['dotnet', { words: [['run'], ['exec'], []], valued: /^(?:-c|-f|--framework)$/, module: /^--project$/ }],
  ['env', { words: NO_WORDS, valued: /^(?:-u|--unset|-C|--chdir)$/ }],
  ['cmd', { words: NO_WORDS, valued: /^$/ }],
  ['sudo', { words: NO_WORDS, valued: /^-[ugCp]$/ }],
]);

/** Folders and files that say nothing of what is in them. */
const NAMELESS = /^(?:index|main|__main__|dist|build|src|lib|bin|out)$/;
const EXTENSION = /\.(?:[cm]?[jt]sx?|pyz?|exe|cmd|bat|ps1|sh|jar|rb|php|go|csproj|dll)$/i;
const LONGEST = 64;

/**
 * A name for the server that this command starts, safe as the name of a file: `uvx awslabs.amazon-mq-mcp-server@latest`
 * is `awslabs.amazon-mq-mcp-server`, `node dist/server.js` is `server`.
 */
export function deriveServerName(command: readonly string[]): string {
  return toFileName(nameSubject(findSubject(command)));
}

/** The name with everything but `A-Z a-z 0-9 . _ -` replaced; never `.`, `..` or the file of all servers, `policy`. */
export function toFileName(name: string): string {
  const safe = name
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '')
    .slice(0, LONGEST);
  if (safe === '') return 'server';
  return safe.toLowerCase() === 'policy' ? `${safe}-server` : safe;
}

/** The word of the command that names what is started: a package, a path, a module or an image. */
function findSubject(command: readonly string[]): string {
  let rest = command;
  for (let depth = 0; depth < 4; depth++) {
    const [program = '', ...words] = rest;
    const launcher = LAUNCHERS.get(
      cutExtension(lastSegment(program))
        .toLowerCase()
        .replace(/^(python)\d[\d.]*$/, '$1'),
    );
    const after = launcher === undefined ? null : skipOwnWords(launcher, words);
    if (launcher === undefined || after === null || after.length === 0) return program;
    rest = after;
  }
  return rest[0] ?? '';
}

/** What follows the launcher's own words and options; null where it is not started in a known way. */
function skipOwnWords(
  { words, valued, module }: Launcher,
  given: readonly string[],
): readonly string[] | null {
  const options = countOptions(given, valued, module);
  const own = words.find((candidate) => candidate.every((word, index) => given[options + index] === word));
  if (own === undefined) return null;
  const rest = given.slice(options + own.length);
  const start = countOptions(rest, valued, module);
  return rest.slice(module?.test(rest[start] ?? '') === true || rest[start] === '--' ? start + 1 : start);
}

/** How many words are options and their values, up to the one that says what is started. */
function countOptions(words: readonly string[], valued: RegExp, module: RegExp | undefined): number {
  let index = 0;
  for (let word = words[0]; word !== undefined && isOption(word); word = words[index]) {
    if (word === '--' || module?.test(word) === true) break;
    index += valued.test(word) ? 2 : 1;
  }
  return index;
}

/** Options, those of `cmd` (`/c`), and the variables that `env` sets. */
function isOption(word: string): boolean {
  return word.startsWith('-') || /^\/[a-z]$/i.test(word) || /^[A-Za-z_]\w*=/.test(word);
}

/** Takes version, registry, folders and extension off. */
function nameSubject(subject: string): string {
  const bare = subject
    .replace(/^git\+/, '')
    .replace(/[?#].*$/, '')
    .replace(/(?:[=<>!~]=|\[).*$/, '')
    .replace(/(?<=[^/])@[^/]*$/, '')
    .replace(/(?<=\w)\.git$/, '');
  const segments = bare
    .split(/[/\\]+/)
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..');
  const named = segments.map((segment) => cutExtension(segment).replace(/(?<=.):[^:]*$/, ''));
  return named.findLast((segment) => !NAMELESS.test(segment)) ?? named.at(-1) ?? '';
}

function lastSegment(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}

function cutExtension(name: string): string {
  return name.length > 3 ? name.replace(EXTENSION, '') : name;
}
