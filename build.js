// Bundles the command line into dist/, one chunk a command, and writes the licences of what went in.
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: { cli: 'src/cli.ts', 'demo-server': 'src/demo/server.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  // CommonJS packages inside an ES module bundle still call require() for Node's own modules.
  banner: { js: "import{createRequire as _cr}from'node:module';const require=_cr(import.meta.url);" },
});

copyFileSync('src/demo/policy.yaml', 'dist/demo-policy.yaml');

const packages = new Set(
  Object.keys(metafile.inputs).flatMap(
    (input) => input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? [],
  ),
);
const notices = [...packages].sort().map((name) => {
  const { version, license } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8'));
  const file = ['LICENSE', 'license', 'LICENSE.md', 'LICENSE.txt', 'LICENCE'].find((candidate) =>
    readable(`node_modules/${name}/${candidate}`),
  );
  if (file === undefined) throw new Error(`no licence text in ${name}`);
  return `${name} ${version} (${license})\n\n${readFileSync(`node_modules/${name}/${file}`, 'utf8').trim()}\n`;
});
writeFileSync('dist/THIRD_PARTY_LICENSES', notices.join(`\n${'-'.repeat(80)}\n\n`));

function readable(path) {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
