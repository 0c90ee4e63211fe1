import { expect, test } from 'vitest';
import { singular, splitName } from '../../../src/catalogue/classify/split-name.ts';

test.each([
  ['list_brokers', ['list', 'brokers']],
  ['API-post-search', ['api', 'post', 'search']],
  ['listBrokers', ['list', 'brokers']],
  ['getHTTPResponse', ['get', 'http', 'response']],
  ['HTTPGet', ['http', 'get']],
  ['getURLs', ['get', 'ur', 'ls']],
  ['A', ['a']],
  ['s3Get2Keys', ['s', 'get', 'keys']],
  ['get.users/delete', ['get', 'users', 'delete']],
  ['lösche', ['l', 'sche']],
  ['__', []],
  ['', []],
])('the words of %j are %j', (name, words) => {
  expect(splitName(name)).toEqual(words);
});

test('a name beyond any use is looked at as far as it says something', () => {
  expect(splitName('x'.repeat(1000))).toEqual(['x'.repeat(256)]);
});

test.each([
  ['brokers', 'broker'],
  ['policies', 'policy'],
  ['boxes', 'box'],
  ['access', 'access'],
  ['status', 'status'],
  ['dns', 'dns'],
])('without its plural %s is %s', (word, one) => {
  expect(singular(word)).toBe(one);
});
