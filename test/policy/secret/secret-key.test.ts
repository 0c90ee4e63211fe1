import { describe, expect, test } from 'vitest';
import { isSecretKey } from '../../../src/policy/secret/secret-key.ts';
import { createQuickLook } from '../../../src/policy/secret/secret-value.ts';

const SECRET =
  `password Password PASSWORD passwords passwd pwd DB_PASSWORD userPassword user-password user.password
  newPassword passwordConfirmation password_hash passphrase passcode db_pass smtpPass token authToken auth_token
  access_token accessToken refresh_token id_token oauth_token oauthToken x-auth-token github_token GITHUB_TOKEN
  githubtoken bearer_token bearerToken sessionToken session_token csrf_token api_tokens accessTokens token_secret
  tokenValue secret secrets Secret clientSecret client_secret clientsecret app_secret secretKey secret_id
  AWS_SECRET_ACCESS_KEY aws_secret_access_key awsSecretAccessKey authorization Authorization AUTHORIZATION
  proxy-authorization auth basic_auth authHeader auth_key api_key apiKey apikey APIKey x-api-key X-API-KEY api_keys
  OPENAI_API_KEY openaiApiKey google-api-key private_key privateKey PRIVATE_KEY sshPrivateKey private_keys access_key
  accessKeyId AWS_ACCESS_KEY_ID signing_key signingKey encryption_key master_key account_key AccountKey SharedAccessKey
  storageKey ssh_key deploy_key consumer_key license_key subscription-key app_key cookie Cookie cookies Set-Cookie
  session_cookie sessionId session_id sessionid JSESSIONID credential credentials creds user_credentials bearer pin PIN
  user_pin pinCode otp otp_code totp cvv cvc cvv2 ssn social_security_number connection_string connectionString connStr
  webhook_url webhookUrl slack_webhook slackWebhookUrl jwt jwt_token mnemonic seed_phrase recovery_codes security_code
  mfa_code kennwort contraseña senha пароль パスワード password --password -password`.split(/\s+/);

const HARMLESS =
  `name key keys keyboard keyword keystroke monkey turkey donkey hotkey primary_key primaryKey foreign_key
  partition_key sort_key object_key cache_key public_key publicKey key_id kms_key_id idempotency_key idempotencyToken
  max_tokens maxTokens max_completion_tokens tokens total_tokens prompt_tokens token_count tokenCount token_limit
  token_type tokenType tokenizer tokenize maxToken num_token next_token nextToken next_page_token nextPageToken
  pageToken page_token NextToken continuation_token continuationToken sync_token syncToken cursor_token pad_token
  eos_token token_address token_symbol tokenUrl token_endpoint token_name path passthrough pass_through pass passed
  passenger passage compass bypass password_policy password_length passwordMinLength password_expires_at password_field
  has_password_expired author authors author_id authored authority authorize authorized authentication authenticated
  oauth oauth_scopes auth_type authMethod auth_url authProvider secretary secretariat secret_name secretArn secret_path
  cookie_policy cookieConsent cookie_banner cookie_name credential_type credentials_path connection connection_id
  connections webhook webhooks webhook_id hook hooks session sessions session_name session_count spin opinion pinned
  pins gpio_pin pin_message pin_code_length app_session service_code pinterest shopping options adopt laptop code zip_code country_code status_code error_code encoding
  passport lesson unicode phrase paraphrase search_phrase api api_version access access_level private is_private signing
  signature bear bearing forebearer_count progressToken has_secret list_secrets get_secret_value include_credentials query limit offset region url id user username email`.split(
    /\s+/,
  );

const mayHoldSecret = createQuickLook([]);

describe('which keys hold secrets', () => {
  test.each(SECRET)('%s does', (key) => {
    expect(isSecretKey(key)).toBe(true);
    expect(mayHoldSecret(Buffer.from(JSON.stringify({ [key]: 'x' })))).toBe(true);
  });

  test.each([...HARMLESS, ''])('%s does not', (key) => expect(isSecretKey(key)).toBe(false));

  test.each(['a', 'A', 'aA', 'token', 'secret_', 'api', '-', 'ñ', 'AB'])(
    'very much of %j is read in no time',
    (part) => {
      const began = performance.now();
      isSecretKey(part.repeat(200_000 / part.length));
      expect(performance.now() - began).toBeLessThan(2_000);
    },
  );
});
