import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveServerName, toFileName } from '../../src/policy/server-name.ts';

test.each([
  ['uvx awslabs.amazon-mq-mcp-server@latest', 'awslabs.amazon-mq-mcp-server'],
  ['uvx --from git+https://host/a/b.git@main serve', 'serve'],
  ['uvx git+https://host/a/b.git@main', 'b'],
  ['uvx mcp-server[cli]>=1', 'mcp-server'],
  ['uv tool run --from x@1 /abs/path/bin/foo', 'foo'],
  ['uv --directory /srv/weather run weather.py', 'weather'],
  ['npx -y @modelcontextprotocol/server-everything@1', 'server-everything'],
  ['npx --package foo bar', 'bar'],
  ['npm exec -- @a/b', 'b'],
  ['bunx @a/b@latest', 'b'],
  ['node dist/server.js', 'server'],
  ['node --import tsx /home/me/weather/build/index.js', 'weather'],
  ['/usr/bin/node server.mjs', 'server'],
  ['npx tsx src/tools.ts', 'tools'],
  ['python -m my_server', 'my_server'],
  ['python3.11 -u tools.py', 'tools'],
  ['docker run --rm -i awslabs/x:latest', 'x'],
  ['docker run -i --rm -e A=b --name n -v /a:/b host:443/g/image@sha256:abc', 'image'],
  ['deno run -A npm:@x/y@1', 'y'],
  ['java -jar /x/y-mcp.jar', 'y-mcp'],
  ['env A=1 B=2 npx foo', 'foo'],
  ['cmd /c npx -y foo@1.2', 'foo'],
  ['C:\\tools\\node.exe C:\\x\\srv.js', 'srv'],
  ['/abs/path/bin/foo', 'foo'],
  ['npx', 'npx'],
  ['./policy', 'policy-server'],
  ['..', 'server'],
])('%s is named %s', (command, name) => {
  expect(deriveServerName(command.split(' '))).toBe(name);
});

test('is safe as the name of a file, whatever the command', () => {
  const isSafe = (name: string) =>
    /^[A-Za-z0-9._-]{1,80}$/.test(name) && name !== '.' && name !== '..' && name.toLowerCase() !== 'policy';
  const words = fc.oneof(
    fc.string(),
    fc.constantFrom('npx', 'docker', 'run', '-m', '--', '..', '.', 'policy', 'Policy.js', '/'),
  );
  fc.assert(
    fc.property(fc.array(words), (command) => {
      expect(deriveServerName(command)).toSatisfy(isSafe);
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      expect(toFileName(name)).toSatisfy(isSafe);
    }),
  );
});
