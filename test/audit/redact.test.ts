import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactArguments, redactToken } from '../../src/audit/redact.ts';
import { redactMessage, redactText } from '../../src/audit/redact-text.ts';
import { HARMLESS_TEXTS, SECRET_TEXTS } from '../fixtures/secret-texts.ts';

const hash = (text: string | Buffer): string => createHmac('sha256', 'key').update(text).digest('hex');
const redact = (json: string): string => redactArguments(Buffer.from(json), hash);
const masked = (json: string): string => redact(json).replaceAll(/redacted [0-9a-f]{12}/g, '#');

describe('arguments in the log', () => {
  test.each([
    ['{"password":"x"}', '{"password":"[#]"}'],
    ['{"pin":1234}', '{"pin":"[#]"}'],
    ['{"auth":{"user":"me","list":[1]}}', '{"auth":"[#]"}'],
    ['{"a":{"b":[{"apiKey":"x"},{"c":1}]}}', '{"a":{"b":[{"apiKey":"[#]"},{"c":1}]}}'],
    ['{"pass\\u0077ord":"x"}', '{"pass\\u0077ord":"[#]"}'],
    ['{"token":null,"secret":"","password":false,"credentials":{}}', null],
    ['{"name":"DB_PASSWORD","value":"x"}', '{"name":"DB_PASSWORD","value":"[#]"}'],
    ['{"value":"x","key":"password"}', '{"value":"[#]","key":"password"}'],
    [
      '{"headers":[{"name":"Authorization","value":"x"}]}',
      '{"headers":[{"name":"Authorization","value":"[#]"}]}',
    ],
    ['{"name":"region","value":"x"}', null],
    ['{"title":"password","value":"x","name":"a"}', null],
    [
      '{"element":"Password field","ref":"e1","text":"x"}',
      '{"element":"Password field","ref":"e1","text":"[#]"}',
    ],
    [
      '{"selector":"input[name=\'password\']","value":"x"}',
      '{"selector":"input[name=\'password\']","value":"[#]"}',
    ],
    ['{"selector":"#token-box","value":"x"}', '{"selector":"#token-box","value":"[#]"}'],
    [
      '{"fields":[{"id":"a","type":"password","value":"x"}]}',
      '{"fields":[{"id":"a","type":"password","value":"[#]"}]}',
    ],
    ['{"element":"Search box","text":"password"}', null],
    ['{"type":"text","text":"x"}', null],
    ['{"headers":["Authorization: x","Accept: y"]}', '{"headers":["[#]","Accept: y"]}'],
    [
      '{"headers":[["Authorization","x"],["Accept","y"]]}',
      '{"headers":[["Authorization","[#]"],["Accept","y"]]}',
    ],
    ['{"columns":["id","password","email"]}', null],
    ['{"argv":["a","--password","x","--all"]}', '{"argv":["a","--password","[#]","--all"]}'],
    ['{"argv":["a","--password","--all"]}', null],
    ['{"argv":["--token=x"]}', '{"argv":["[#]"]}'],
    ['{"argv":["curl","-u","me:x"]}', '{"argv":["curl","-u","[#]"]}'],
    ['{"argv":["docker","-u","1000:1000","-p","80:80"]}', null],
    ['{"argv":["--api-key",{"x":1}]}', '{"argv":["--api-key","[#]"]}'],
    [String.raw`{"body":"{\"password\":\"x\"}"}`, '{"body":"[#]"}'],
    [String.raw`{"env":"A=1\nPASSWORD=x\n"}`, '{"env":"[#]"}'],
    ['{"url":"postgres://u:p@h/d"}', '{"url":"[#]"}'],
    [`{"${SECRET_TEXTS[0] ?? ''}":1}`, '{"[#]":1}'],
    ['{"2": 9007199254740993,\t"1" : [ 1.0 , -0,1e400 ] }', '{"2":9007199254740993,"1":[1.0,-0,1e400]}'],
    ['{"a":"é, ok","b":[],"c":{ },"d":[ [ ] ]}', '{"a":"é, ok","b":[],"c":{},"d":[[]]}'],
    ['{"max_tokens":4096,"next_token":"abc","author":"me"}', null],
  ])('%s', (json, expected) => expect(masked(json)).toBe(expected ?? json));

  test.each(SECRET_TEXTS)('hold no %j', (text) => {
    expect(masked(JSON.stringify({ a: text }))).toBe('{"a":"[#]"}');
    expect(masked(JSON.stringify({ a: [{ b: `so: ${text}` }] }))).toBe('{"a":[{"b":"[#]"}]}');
    expect(masked(JSON.stringify({ a: JSON.stringify({ b: text }) }))).toBe('{"a":"[#]"}');
  });

  test.each(HARMLESS_TEXTS)('keep %j', (text) => {
    expect(redact(JSON.stringify({ a: text }))).toBe(JSON.stringify({ a: text }));
  });

  test('tell the same secret by the same mask, which no hash without the key is', () => {
    const [one, other] = ['{"password":"1234"}', '{"password":"1235"}'].map(redact);
    expect(one).toBe(redact('{"x":1,"password":"1234"}').replace('"x":1,', ''));
    expect(one).not.toBe(other);
    for (const text of ['1234', '"1234"']) {
      expect(one).not.toContain(createHash('sha256').update(text).digest('hex').slice(0, 12));
    }
    expect(redactArguments(Buffer.from('{"password":"1234"}'), null)).toBe('{"password":"[redacted]"}');
  });

  test('are cut with length and keyed hash where they are long, and never through a sign', () => {
    const long = `${'x'.repeat(4_095)}😀 and more`;
    expect(redact(JSON.stringify({ a: long }))).toBe(
      JSON.stringify({ a: `${'x'.repeat(4_095)} [cut: 4106 characters, hash ${hash(long).slice(0, 32)}]` }),
    );
    const many = Buffer.from(JSON.stringify({ a: Array.from({ length: 20_000 }, () => 'word') }));
    expect(redact(String(many))).toBe(`"[cut: ${many.length} bytes, hash ${hash(many).slice(0, 32)}]"`);
  });

  test('are the same JSON but for what is masked', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(3), (value, indent) => {
        const json = JSON.stringify(value);
        const spaced = JSON.stringify(value, null, indent).replaceAll('\n', '\t');
        expect(JSON.parse(redact(spaced))).toEqual(JSON.parse(redact(json)));
      }),
    );
    const plain = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(fc.integer(), fc.boolean(), fc.constantFrom('x', 'é')),
    );
    fc.assert(
      fc.property(plain, (value) => {
        expect(redact(JSON.stringify(value))).toBe(JSON.stringify(value));
      }),
    );
  });

  test.each([
    ['marks', JSON.stringify({ a: 'token="'.repeat(30_000) })],
    ['URLs', JSON.stringify({ a: `${'://a:'.repeat(50_000)}@` })],
    ['quotes', JSON.stringify({ a: '"'.repeat(100_000) })],
    ['backslashes', JSON.stringify({ a: '\\'.repeat(100_000) })],
    [
      'depth',
      `{"a":${'['.repeat(99)}${JSON.stringify(Array.from({ length: 20_000 }, () => 'password'))}${']'.repeat(99)}}`,
    ],
    [
      'keys',
      JSON.stringify(Object.fromEntries(Array.from({ length: 15_000 }, (_, index) => [`token${index}`, 1]))),
    ],
    ['pairs', JSON.stringify({ a: Array.from({ length: 8_000 }, () => ({ name: 'token', value: 1 })) })],
  ])('are written in no time however many %s they have', (_, json) => {
    const began = performance.now();
    redact(json);
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});

describe('single texts in the log', () => {
  test.each(SECRET_TEXTS)('are masked: %j', (text) => {
    expect(redactText(text, hash)).toBe(`[redacted ${hash(JSON.stringify(text)).slice(0, 12)}]`);
    expect(redactToken(JSON.stringify(text), hash)).toBe(JSON.stringify(redactText(text, hash)));
    expect(redactMessage(`dropped a line: ${text} and more`, null)).not.toContain(text);
  });

  test.each(HARMLESS_TEXTS)('stay as they are: %j', (text) => {
    expect(redactText(text, hash)).toBe(text);
    expect(redactMessage(text, null)).toBe(text);
  });

  test.each(['7', '-1.50', 'null', '"a"'])('an id stays as it is spelled: %s', (token) => {
    expect(redactToken(token, hash)).toBe(token);
  });

  test('a message keeps the words around a secret', () => {
    const token = SECRET_TEXTS[0] ?? '';
    expect(redactMessage(`the key "${token}", which is odd`, null)).toBe('the key [redacted], which is odd');
    expect(redactMessage(`dropped ${token} here`, null)).toBe('dropped [redacted] here');
    expect(redactMessage('not MCP (why): Authorization: Basic abc def ghi', null)).toBe(
      'not MCP (why): [redacted]',
    );
    expect(redactMessage(`"${token}"`, hash)).toMatch(/^\[redacted [0-9a-f]{12}\]$/);
  });
});
