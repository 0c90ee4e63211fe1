// How often the classifier agrees with the hints of tools' authors.
//   node test/evaluation/evaluate.js TOOLS.json... [--annotations] [--misses] [--json]
// TOOLS.json: a list of { server, tool, title, description, readOnlyHint, destructiveHint, inputSchema? }. The hints are what
// is compared with, so the classifier does not see them, unless --annotations is given.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const AIMS = { nonRead: 0.99, read: 0.85, destructive: 0.9 };
const { values: flags, positionals: files } = parseArgs({
  allowPositionals: true,
  options: {
    annotations: { type: 'boolean', default: false },
    misses: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
if (files.length === 0) {
  process.stderr.write(
    'usage: node test/evaluation/evaluate.js TOOLS.json... [--annotations] [--misses] [--json]\n',
  );
  process.exit(2);
}

const { createClassifier, createLexicon, splitName } = await openClassifier();
const tools = files.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')));
const servers = [...new Set(tools.map(({ server }) => server))];
const classify = createClassifier(createLexicon());
const rows = servers.map((server) => {
  const own = tools.filter((tool) => tool.server === server);
  return { server, whole: judge(own, classify), without: judge(own, leaveOut(server)) };
});
const total = {
  server: 'all',
  whole: judge(tools, classify),
  without: sum(rows.map(({ without }) => without)),
};
process.stdout.write(flags.json ? `${JSON.stringify({ rows, total }, null, 2)}\n` : render());

/**
 * The classifier as it would be had nobody ever looked at this server: without the words of names that, among these
 * tools, this server's alone use. General English would be known all the same, so this is the harsher measure.
 */
function leaveOut(server) {
  const words = (list) => new Set(list.flatMap(({ tool }) => splitName(tool)));
  const elsewhere = words(tools.filter((tool) => tool.server !== server));
  const alone = [...words(tools.filter((tool) => tool.server === server))].filter(
    (word) => !elsewhere.has(word),
  );
  return createClassifier(createLexicon(new Set(alone)));
}

/** A tool is no read where its author does not say that it is one, or says that it destroys. */
function judge(list, classifier) {
  const result = {
    tools: list.length,
    nonRead: 0,
    asRead: [],
    read: 0,
    notRead: [],
    destructive: 0,
    missed: [],
  };
  for (const tool of list) {
    const { category, risk, evidence } = classifier(describe(tool));
    const told = `${tool.server}: ${tool.tool}: ${category}, ${risk} (${evidence[0]})`;
    if (tool.readOnlyHint !== true || tool.destructiveHint === true) {
      result.nonRead += 1;
      if (category === 'read') result.asRead.push(told);
    } else {
      result.read += 1;
      if (category !== 'read') result.notRead.push(told);
    }
    if (tool.destructiveHint !== true) continue;
    result.destructive += 1;
    const isGrave =
      ['destructive', 'financial', 'execute'].includes(category) || ['high', 'critical'].includes(risk);
    if (!isGrave) result.missed.push(told);
  }
  return result;
}

function describe({ tool, title, description, inputSchema, readOnlyHint, destructiveHint }) {
  return {
    name: tool,
    title: title ?? null,
    description: description ?? null,
    inputSchema: inputSchema === undefined ? null : Buffer.from(JSON.stringify(inputSchema)),
    annotations: flags.annotations
      ? { readOnly: readOnlyHint ?? null, destructive: destructiveHint ?? null }
      : { readOnly: null, destructive: null },
  };
}

function sum(results) {
  return {
    tools: add(results, 'tools'),
    nonRead: add(results, 'nonRead'),
    asRead: results.flatMap(({ asRead }) => asRead),
    read: add(results, 'read'),
    notRead: results.flatMap(({ notRead }) => notRead),
    destructive: add(results, 'destructive'),
    missed: results.flatMap(({ missed }) => missed),
  };
}

function add(results, key) {
  return results.reduce((whole, result) => whole + result[key], 0);
}

function render() {
  const head = [
    'server',
    'tools',
    'non-read as read',
    'read as read',
    'destructive as grave',
    'left out: the same',
  ];
  const lines = [...rows, total].map(({ server, whole, without }) => [
    server,
    String(whole.tools),
    ...cells(whole),
    cells(without).join('  '),
  ]);
  const table = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column].length)));
  const text = table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
  return `${text}\n\n${renderAims(total.whole, '')}${renderAims(total.without, ', left out')}${flags.misses ? renderMisses(total.whole) : ''}`;
}

function cells({ nonRead, asRead, read, notRead, destructive, missed }) {
  return [
    `${asRead.length}/${nonRead}`,
    `${read - notRead.length}/${read}`,
    `${destructive - missed.length}/${destructive}`,
  ];
}

function renderAims({ nonRead, asRead, read, notRead, destructive, missed }, which) {
  const shares = [
    ['non-read tools never called read', 1 - asRead.length / nonRead, AIMS.nonRead],
    ['read tools called read', 1 - notRead.length / read, AIMS.read],
    ['destructive tools called grave', 1 - missed.length / destructive, AIMS.destructive],
  ];
  return shares
    .map(([what, share, aim]) => {
      const is = Number.isNaN(share) ? 'none' : `${(share * 100).toFixed(1)} %`;
      return `${what}${which}: ${is} (aim ${aim * 100} %${share >= aim ? ', met' : ', not met'})\n`;
    })
    .join('');
}

function renderMisses({ asRead, notRead, missed }) {
  const list = (title, lines) =>
    lines.length === 0 ? '' : `\n${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
  return (
    list('called read, and no read:', asRead) +
    list('reads, called otherwise:', notRead) +
    list('destructive, called mild:', missed)
  );
}

/** Bundled from the sources, so that nothing has to be built before. */
async function openClassifier() {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-guard-evaluation-'));
  try {
    const outfile = join(folder, 'classifier.mjs');
    const contents = [
      "export { createClassifier } from './src/catalogue/classify/classify.ts'",
      "export { createLexicon } from './src/catalogue/classify/lexicon.ts'",
      "export { splitName } from './src/catalogue/classify/split-name.ts'",
    ].join(';');
    const resolveDir = join(import.meta.dirname, '../..');
    await build({ stdin: { contents, resolveDir }, outfile, bundle: true, format: 'esm', platform: 'node' });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
