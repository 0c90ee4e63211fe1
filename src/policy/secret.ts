/** Words that make a key's value a secret, found in the key once case and separators are gone. */
const SECRET_IN_KEY =
  /passw(?:or)?d|passphrase|^pwd$|secret|token$|authorization|apikey|accesskey|privatekey|signingkey|encryptionkey|cookie|credential|bearer/;

/** Numbers of language-model tokens and the like, which end in the same word. */
const NOT_SECRET_KEY = /^(?:max|min|num|per|first|last|every)token$/;

/**
 * Each begins where no run of its own characters is already under way, so that a hostile text of any length is read
 * in linear time.
 */
const SECRET_VALUES: readonly RegExp[] = [
  /(?<![A-Za-z0-9_])gh[opsur]_[A-Za-z0-9]{16}/,
  /(?<![A-Za-z0-9_])github_pat_[A-Za-z0-9_]{16}/,
  /(?<![A-Za-z0-9_-])glpat-[A-Za-z0-9_-]{16}/,
  /(?<![A-Za-z0-9_-])sk-[A-Za-z0-9_-]{16}/,
  /(?<![A-Za-z0-9_])[prs]k_(?:live|test)_[A-Za-z0-9]{10}/,
  /(?<![A-Za-z0-9_-])xox[a-z]-[A-Za-z0-9-]{8}/,
  /(?<![A-Za-z0-9])A(?:KIA|SIA)[A-Z0-9]{16}(?![A-Za-z0-9])/,
  /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{30}/,
  /(?<![A-Za-z0-9_])npm_[A-Za-z0-9]{30}/,
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/,
  // A JSON Web Token: two parts that begin with `{"` in base64url.
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5}/,
  // A password inside a URL.
  /:\/\/[^\s/:@]{0,128}:[^\s/@]{1,256}@/,
  /(?<![A-Za-z])[Bb]earer +[A-Za-z0-9._~+/-]{16}/,
];

/** Whether a value under this key is to be masked: `password`, `apiKey`, `X-Auth-Token`, `AWS_SECRET_ACCESS_KEY`. */
export function isSecretKey(key: string): boolean {
  const word = key.toLowerCase().replaceAll(/[^a-z]/g, '');
  return SECRET_IN_KEY.test(word) && !NOT_SECRET_KEY.test(word);
}

/** Whether the text holds something that looks like a key, a token or a password, wherever it stands. */
export function isSecretValue(value: string): boolean {
  return SECRET_VALUES.some((pattern) => pattern.test(value));
}
