import { createFinder } from './find-words.ts';

/** A key without any of these, in whatever case, hides nothing: most keys are let go here. */
export const KEY_STEMS: readonly string[] = (
  'pass pwd secret token auth key cookie cred bearer pin otp cvv cvc ssn sess connection connstr hook jwt mnemonic ' +
  'phrase code assertion kennwort senha contrase social'
).split(' ');

/** What gives a secret away wherever it stands in a key, once case and separators are gone. */
const STRONG =
  /passw(?:or)?d|passwort|passphrase|passcode|passkey|kennwort|contrase[nñ]a|(?<![a-z])senha|authorization|htpasswd|(?:api|access|private|signing|encryption|secret)keys?(?!board|word|stroke|note|frame|space)|secret(?!ar|ion)|credentials?(?!ing|ed)|creds(?![a-z])|(?:access|auth|refresh|session|bearer|api|id)tokens$|cookies?$|connectionstring|connstr|sess(?:ion)?id$|webhookur[il]s?$|(?:slack|discord|teams|incoming)webhook|social(?:security|insurance)n(?:umber|r|o)$|(?:seed|recovery)phrase|mnemonic$|clientassertion$|clientkeydata$|(?:security|recovery|backup|auth|otp|mfa)codes?$|пароль|密码|密碼|パスワード/;

/** Words that say of a secret what it is like, where it is kept or what it is called: not the secret itself. */
const ABOUT =
  /^(?:counts?|limits?|length|len|size|polic(?:y|ies)|types?|kinds?|formats?|status|state|strategy|modes?|method|expir(?:y|es|ed|ation)|ttl|age|duration|lifetime|enabled?|disabled?|required?|requirements?|rotat(?:ion|e|ed)|min|max|usage|names?|arns?|paths?|files?|filename|dir|ur[il]s?|endpoints?|at|on|date|time|timestamp|created|updated|versions?|label|description|field|column|region|scopes?|provider|issuer|algorithm|alg|window|index|offset|cost|price|pattern|regex|manager|banner|consent|preferences|domain|strength|ref|refs|id|ids)$/;

/** Tokens of a language model, of a page that follows, of a ledger: what stands before the word. */
const NO_SECRET_TOKEN =
  /(?:next|page|prev|previous|continuation|cursor|pagination|paging|max|min|num|per|first|last|every|sync|skip|delta|resume|start|starting|change|marker|idempotency|progress|request|mask|pad|eos|bos|unk|sep|cls|stop|special|input|output|from|to|prompt|completion|base|quote|native|erc20)token$/;

/** What may follow the word "token" where its value is one. */
const TOKEN_TAIL =
  /^(?:values?|secret|key|string|str|data|raw|header|plaintext|plain|prod|production|dev|staging|test|old|new)$/;
const AUTH_TAIL = /^(?:values?|headers?|data|info|key|string|str|pass|b64|base64|basic|bearer)$/;

/** What a key is for, where that makes it one that locks. */
const LOCKING =
  /^(?:x?api|access|private|signing|encrypt|encryption|decrypt|decryption|secret|master|account|storage|shared|auth|ssh|deploy|licen[cs]e|session|app|application|subscription|function|functions|hmac|gpg|pgp|recovery|consumer|admin|service|role|rsa|crypto|tls|ssl|client|service)$/;

/** Whose PIN it is: others are of a chip or a map. */
const PIN_OWNER =
  /^(?:user|card|sim|security|access|device|account|my|new|old|current|confirm|bank|atm|debit|credit|customer|login|unlock|parental|phone|voicemail|admin|secret|wallet|transaction)$/;
/** Who has what is called "pass" for short. */
const PASS_OWNER =
  /^(?:db|database|user|smtp|imap|auth|admin|root|mysql|pg|postgres|ftp|sftp|login|redis|email|mail|basic|http|proxy|sudo|key|store|keystore|rabbitmq|mq|mongo|wifi|ssh)$/;

/** A question about secrets, a switch, or the name of a tool. */
const ASKING = /^(?:get|list|has|is|include|exclude|scan|detect|enable|disable|require|requires|needs)$/;

const CAMEL = /([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])/g;
const NO_WORD = /[^\p{L}]+/u;

/** Whether a value under this key is to be masked: `password`, `apiKey`, `X-Auth-Token`, `AWS_SECRET_ACCESS_KEY`. */
export function isSecretKey(key: string): boolean {
  if (!mayBeSecret(key)) return false;
  const known = KNOWN.get(key);
  if (known !== undefined) return known;
  const isSecret = judgeKey(key);
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  if (key.length <= MOST_KNOWN_LENGTH) KNOWN.set(key, isSecret);
  return isSecret;
}

const mayBeSecret = createFinder(KEY_STEMS, true).isIn;
/** Calls come with the same keys over and over. */
const KNOWN = new Map<string, boolean>();
const MOST_KNOWN = 1_000;
const MOST_KNOWN_LENGTH = 64;

function judgeKey(key: string): boolean {
  // Nobody names a member in so many characters, and what stands at its end says what it is.
  const words = splitWords(key.slice(-LONGEST));
  const last = words.at(-1) ?? '';
  const joined = words.join('');
  // The id of an access key and of a session is as good as half of it.
  if (ABOUT.test(last))
    return /(?:accesskey|sess(?:ion)?|secret)id$/.test(joined) || /webhookur[il]s?$/.test(joined);
  if (words.length > 1 && ASKING.test(words[0] ?? '')) return false;
  if (STRONG.test(joined)) return true;
  return isSecretWord(words, last) || isToken(words, joined) || isLockingKey(words, last);
}

const LONGEST = 256;

function splitWords(key: string): string[] {
  const parted = key.normalize('NFKC').replace(CAMEL, '$1$3 $2$4');
  return parted
    .toLowerCase()
    .split(NO_WORD)
    .filter((word) => word !== '');
}

function isSecretWord(words: readonly string[], last: string): boolean {
  const before = words.at(-2) ?? '';
  if (last === 'auth' || (before === 'auth' && AUTH_TAIL.test(last))) return true;
  if (last === 'pass' || last === 'phrase') return last === 'pass' && PASS_OWNER.test(before);
  if (last === 'pin' || (last === 'code' && before === 'pin'))
    return words[0] === 'pin' || PIN_OWNER.test(before);
  return words.some((word) => /^(?:pwd|otp|totp|cvv|cvc|ssn|bearer|jwt|creds?|cookies?|pincode)$/.test(word));
}

function isToken(words: readonly string[], joined: string): boolean {
  const last = words.at(-1) ?? '';
  if (last.endsWith('token')) return !NO_SECRET_TOKEN.test(joined);
  const at = words.findLastIndex((word) => word.endsWith('token'));
  if (at === -1 || NO_SECRET_TOKEN.test(words.slice(0, at + 1).join(''))) return false;
  return words.slice(at + 1).every((word) => TOKEN_TAIL.test(word));
}

function isLockingKey(words: readonly string[], last: string): boolean {
  if (last === 'key' || last === 'keys') return LOCKING.test(words.at(-2) ?? '');
  return /^(?:ssh|master|shared|account|app|session|deploy|admin)keys?$/.test(last);
}
