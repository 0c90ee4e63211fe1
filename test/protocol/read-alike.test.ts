import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readClientLine } from '../../src/protocol/read-client.ts';

/** What a reader takes a line for. */
interface Reading {
  readonly method: unknown;
  readonly id: unknown;
  readonly name: unknown;
  readonly args: unknown;
}

/** A Python that cuts text the Unicode way, at CR and U+2028 among others, and has no numbers but floats. */
const PYTHON = `
import json, math, sys
def plain(v):
    if isinstance(v, dict): return {k: plain(w) for k, w in v.items()}
    if isinstance(v, list): return [plain(w) for w in v]
    if isinstance(v, bool) or not isinstance(v, (int, float)): return v
    try: f = float(v)
    except OverflowError: return None
    return f if math.isfinite(f) else None
for line in sys.stdin:
    lines = bytes.fromhex(line.strip()).decode('utf-8').splitlines()
    m = json.loads(lines[0])
    p = m.get('params')
    p = p if isinstance(p, dict) else {}
    print(json.dumps([len(lines), plain(m.get('method')), m.get('id'), plain(p.get('name')), plain(p.get('arguments'))]), flush=True)
`;

const hasPython = spawnSync('python3', ['--version']).status === 0;

test('what is accepted is read alike by lax readers in JavaScript and by Python', async ({ skip }) => {
  if (!hasPython) skip('python3 is missing');
  const python = spawn('python3', ['-c', PYTHON], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const calls = new Set<string>();
  await fc.assert(
    fc.asyncProperty(hostileFrame(), async (text) => {
      const message = readClientLine(Buffer.from(`${text}\n`));
      if (message.kind !== 'request') return;
      calls.add(text);
      const { bytes, call } = message;
      const forwarded = String(bytes);
      const reading = readLast(forwarded);
      expect(readFirst(forwarded)).toEqual(reading);
      expect(readFolded(forwarded)).toEqual(reading);
      python.stdin.write(`${bytes.toString('hex')}\n`);
      const [lines, method, id, name, args] = JSON.parse(String((await answers.next()).value)) as unknown[];
      expect({ lines, reading: unify({ method, id, name, args }) }).toEqual({ lines: 1, reading });
      expect(message.method).toBe(reading.method);
      expect(message.id.key).toBe(
        typeof reading.id === 'string' ? `s:${reading.id}` : `n:${String(reading.id)}`,
      );
      expect(call === null).toBe(reading.method !== 'tools/call');
      if (call === null) return;
      expect(call.name).toBe(reading.name);
      expect(unify(call.arguments === null ? null : JSON.parse(String(call.arguments)))).toEqual(
        reading.args,
      );
    }),
    { numRuns: 3_000 },
  );
  python.stdin.end();
  // A property that refuses everything would prove nothing.
  expect(calls.size).toBeGreaterThan(300);
});

test('those readers do differ on what is refused', () => {
  const frame = (members: string): string => `{"jsonrpc":"2.0","id":1,"method":"tools/call",${members}}`;
  const twice = frame('"params":{"name":"a","n\\u0061me":"b"}');
  expect([readFirst(twice).name, readLast(twice).name]).toEqual(['a', 'b']);
  const folded = frame('"params":{"name":"a"},"PARAM\u017f":{"Name":"b"}');
  expect([readFolded(folded).name, readLast(folded).name]).toEqual(['b', 'a']);
  const merged = frame('"params":{"name":"a"},"params":{"arguments":{}}');
  expect([readFolded(merged).name, readLast(merged).name]).toEqual(['a', null]);
});

type Pairs = readonly (readonly [string, unknown])[];

/** As JSON.parse and most others. */
function readLast(text: string): Reading {
  const pick = (pairs: Pairs, key: string): unknown => pairs.findLast(([name]) => name === key)?.[1];
  return readWith(pick, parsePairs(text));
}

function readFirst(text: string): Reading {
  const pick = (pairs: Pairs, key: string): unknown => pairs.find(([name]) => name === key)?.[1];
  return readWith(pick, parsePairs(text));
}

/** As encoding/json of Go: without case, the last one counts, null is as good as absent, objects are merged. */
function readFolded(text: string): Reading {
  const fold = (key: string): string =>
    key.replaceAll('ſ', 's').replaceAll('\u212a', 'k').replace(/\0+$/, '').toLowerCase();
  const pick = (pairs: Pairs, key: string): unknown => {
    const values = pairs
      .filter(([name, value]) => fold(name) === fold(key) && value !== null)
      .map(([, value]) => value);
    return key === 'params' && values.every(isPairs)
      ? new Members(values.flatMap(({ pairs: inner }) => inner))
      : values.at(-1);
  };
  return readWith(pick, parsePairs(text));
}

function readWith(pick: (pairs: Pairs, key: string) => unknown, message: unknown): Reading {
  const top = isPairs(message) ? message.pairs : [];
  const params = pick(top, 'params');
  const inner = isPairs(params) ? params.pairs : [];
  return unify({
    method: pick(top, 'method'),
    id: pick(top, 'id'),
    name: pick(inner, 'name'),
    args: toPlain(pick(inner, 'arguments')),
  }) as Reading;
}

/** An object with its keys in order, as often as they come. */
class Members {
  readonly pairs: Pairs;

  constructor(pairs: Pairs) {
    this.pairs = pairs;
  }
}

function isPairs(value: unknown): value is Members {
  return value instanceof Members;
}

function parsePairs(text: string): unknown {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let at = 0;
  const parse = (): unknown => {
    const token = tokens[at++] ?? '';
    if (token !== '{' && token !== '[') return JSON.parse(token);
    const close = token === '{' ? '}' : ']';
    const items: unknown[] = [];
    while (tokens[at] !== close) {
      if (tokens[at] === ',') at++;
      const first = parse();
      if (token === '{') at++;
      items.push(token === '{' ? [first, parse()] : first);
    }
    at++;
    return token === '{' ? new Members(items as unknown as Pairs) : items;
  };
  return parse();
}

function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  return isPairs(value)
    ? Object.fromEntries(value.pairs.map(([key, inner]) => [key, toPlain(inner)]))
    : value;
}

/** One spelling for absent and null, 1 and 1.0, 0 and -0, infinite and too large. */
function unify(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value ?? null, (_, inner: unknown) => inner ?? null));
}

/** A tools/call as an attacker would spell it: keys twice, in other cases, with escapes, between odd white space. */
function hostileFrame(): fc.Arbitrary<string> {
  const space = fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom('', '', ' ', '\t') },
    { weight: 1, arbitrary: fc.constantFrom('\r', '\u2028', '\u0085', '\v', '\0', '\ufeff') },
  );
  const name = fc.constantFrom('"safe"', '"danger"', '"saf\\u0065"', 'null', '7');
  const key = (exact: string, ...others: string[]): fc.Arbitrary<string> =>
    fc.oneof(
      { weight: 16, arbitrary: fc.constant(exact) },
      { weight: 1, arbitrary: fc.constantFrom(...others) },
    );
  const args = fc.oneof(
    fc.constantFrom(
      '{}',
      '{"x":1.0}',
      '{"x":1,"x":2}',
      '{"x":NaN}',
      '{"x":1e400}',
      '{"x":"\r"}',
      '{"x":"\u2028\u2029\u0085"}',
      '{"x":9007199254740993,"y":-0,"z":1E2}',
      '{"x":[1,{"x":1,"\\u0078":2}]}',
      '{"x":"\\ud800"}',
      'null',
      '[]',
      '{"__proto__":{"name":"danger"}}',
    ),
    fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify({ value })),
  );
  const member = (keys: fc.Arbitrary<string>, values: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .tuple(keys, space, values, space)
      .map(([k, before, value, after]) => `${before}"${k}":${before}${value}${after}`);
  const params = fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: member(key('name', 'Name', 'n\\u0061me', 'name\\u0000', 'NAME'), name) },
        { weight: 2, arbitrary: member(key('arguments', 'Arguments', 'argument\\u017f'), args) },
        {
          weight: 1,
          arbitrary: member(fc.constantFrom('x', 'task', '__proto__'), fc.constantFrom('1', '{}', '[]')),
        },
      ),
      { maxLength: 2 },
    )
    .map((members) => `{${members.join(',')}}`);
  return fc
    .tuple(
      member(
        key('method', 'Method', 'm\\u0065thod', 'method\\u0000'),
        fc.constantFrom('"tools/call"', '"ping"', '"tools\\/c\\u0061ll"'),
      ),
      member(
        key('id', 'ID', 'Id'),
        fc.constantFrom('1', '"1"', '7', '-7', '7.0', '7e0', '"\\u0037"', 'null'),
      ),
      member(key('params', 'Params', 'paramſ'), params),
      fc.oneof(
        { weight: 6, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: member(key('params', 'PARAMS'), params) },
      ),
    )
    .map(([...members]) => `{"jsonrpc":"2.0",${members.filter((part) => part !== null).join(',')}}`);
}
