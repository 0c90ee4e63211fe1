import { expect, test } from 'vitest';
import { redactCommand } from '../../../src/policy/secret/redact-command.ts';
import { SECRET_TEXTS } from '../../fixtures/secret-texts.ts';

test.each([
  [
    ['x', '--api-key', 'k'],
    ['x', '--api-key', '[redacted]'],
  ],
  [
    ['x', '--api-key=k', '-token=k'],
    ['x', '--api-key=[redacted]', '-token=[redacted]'],
  ],
  [
    ['env', 'API_KEY=k', 'HOME=/', 'x'],
    ['env', 'API_KEY=[redacted]', 'HOME=/', 'x'],
  ],
  [
    ['docker', 'run', '-e', 'DB_PASSWORD=k', '-u', '1:1', 'i'],
    ['docker', 'run', '-e', 'DB_PASSWORD=[redacted]', '-u', '1:1', 'i'],
  ],
  [
    ['x', 'https://u:k@h/mcp'],
    ['x', '[redacted]'],
  ],
  [
    ['x', '--url=https://u:k@h/mcp'],
    ['x', '--url=[redacted]'],
  ],
  [
    ['mcp-remote', 'https://h/mcp', '--header', 'Authorization: Bearer k'],
    ['mcp-remote', 'https://h/mcp', '--header', 'Authorization:[redacted]'],
  ],
  [
    ['mcp-remote', 'https://h/mcp?api_key=k'],
    ['mcp-remote', '[redacted]'],
  ],
  [
    ['curl', '-u', 'me:k'],
    ['curl', '-u', '[redacted]'],
  ],
])('%j', (argv, shown) => expect(redactCommand(argv)).toEqual(shown));

test.each(SECRET_TEXTS)('a word that is %j', (text) => {
  expect(redactCommand(['x', text]).join(' ')).not.toContain(text);
  expect(redactCommand(['x', `--y=${text}`]).join(' ')).not.toContain(text);
});

test.each([
  [['uvx', 'awslabs.amazon-mq-mcp-server@latest', '--allow-resource-creation']],
  [['npx', '-y', '@modelcontextprotocol/server-filesystem', '/home/me/work']],
  [['node', 'server.js', '--port=80', '--author=me', '--max-tokens', '12']],
  [['docker', 'run', '-i', '--rm', '-v', '/a:/b', '-p', '80:80', 'host:443/g/image@sha256:abc']],
])('nothing of %j', (argv) => expect(redactCommand(argv)).toEqual(argv));

test('what was masked once stays as it is', () => {
  const once = redactCommand(['x', '--api-key', 'k', '--token=k', 'KEY=v', 'https://u:k@h']);
  expect(redactCommand(once)).toEqual(once);
});
