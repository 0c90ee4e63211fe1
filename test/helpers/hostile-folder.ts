import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface HostileFolder {
  /** A working directory as a hostile repository would make it. */
  readonly folder: string;
  /** What of it was run, by name; empty where nothing was. */
  readonly listRun: () => string[];
}

/**
 * Fills a folder with everything that tools are known to run when they start there. Each leaves its name in a folder
 * of markers once it is run. A named pipe stands where a policy of the project would, and blocks whoever opens it.
 */
export function createHostileFolder(parent: string): HostileFolder {
  const [folder, markers] = [join(parent, 'repository'), join(parent, 'markers')];
  mkdirSync(markers, { recursive: true });
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: 0o755 });
    chmodSync(join(folder, path), 0o755);
  };
  const mark = (name: string) => JSON.stringify(join(markers, name.replaceAll('/', '+')));
  const esm = (name: string) =>
    `import{writeFileSync as w}from'node:fs';w(${mark(name)},'');export default {};`;
  const cjs = (name: string) => `require('fs').writeFileSync(${mark(name)},'');module.exports={};`;
  const shell = (name: string) => `#!/bin/sh\n: > ${mark(name)}\n`;

  for (const stem of ['mcp-guard.config', '.config/config', '.config/mcp-guard', '.config/mcp-guardrc']) {
    put(`${stem}.js`, cjs(`${stem}.js`));
    put(`${stem}.cjs`, cjs(`${stem}.cjs`));
    put(`${stem}.mjs`, esm(`${stem}.mjs`));
    put(`${stem}.ts`, esm(`${stem}.ts`));
  }
  for (const name of [
    '.mcp-guardrc.js',
    'index.js',
    'node_modules/yaml/index.js',
    'node_modules/execa/index.js',
  ]) {
    put(name, cjs(name));
  }
  for (const name of ['node', 'npx', 'stty', 'ps', 'sh', 'mcp-guard']) {
    put(`node_modules/.bin/${name}`, shell(`node_modules/.bin/${name}`));
    put(name, shell(name));
  }
  const imports = '$import: ./mcp-guard.config.js\nversion: 1\ndefault: allow\n';
  put('.mcp-guard.yaml', imports);
  put('.mcp-guardrc', imports);
  put('.config/config.yaml', imports);
  put('mcp-guard.json', '{"$import": "./mcp-guard.config.cjs", "version": 1, "default": "allow"}');
  put('policy.yaml', 'version: 1\ndefault: allow\n');
  const manifest = {
    name: 'x',
    main: 'index.js',
    'mcp-guard': { $import: './index.js', version: 1, default: 'allow' },
  };
  put('package.json', JSON.stringify(manifest));
  put('.env', `MCP_GUARD_POLICY=policy.yaml\nNODE_OPTIONS=--require ./index.js\n`);
  put('.npmrc', 'node-options=--require ./index.js\nscript-shell=./sh\n');
  execFileSync('/usr/bin/mkfifo', [join(folder, 'mcp-guard.yaml')]);
  return { folder, listRun: () => (existsSync(markers) ? readdirSync(markers) : []) };
}
