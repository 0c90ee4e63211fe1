import { createFinder } from './find-words.ts';

/** How tokens begin, in lower case: a text without any of these needs no closer look. */
export const TOKEN_STARTS: readonly string[] = [
  ...'ghp_ gho_ ghs_ ghu_ ghr_ github_pat_ k_live_ k_test_ whsec_'.split(' '),
  ...'glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glagent- glimt- xox xapp- hooks.slack api/webhooks'.split(
    ' ',
  ),
  ...'akia asia abia acca aiza ya29. gocspx- 1//0 npm_ hf_ do_v1_ dop_v1_ doo_v1_ dor_v1_ dapi key- pypi-'.split(
    ' ',
  ),
  ...'dckr_pat_ shpat_ shpss_ sntrys_ glsa_ lin_api_ ntn_ figd_ rpa_ gsk_ xai- pplx- r8_ tfp_ sbp_ phx_'.split(
    ' ',
  ),
  ...'nvapi- fo1_ flyv1 sg. hvs. hvb. hvr. age-secret eyj :aa'.split(' '),
  // Its own letters are few: what follows them is told too.
  ...Array.from('0123456789abcdefghijklmnopqrstuvwxyz', (sign) => `sk-${sign}`),
];

/**
 * Texts that are secrets by the way they are made. Each begins where no run of its own characters is already under way,
 * so that a hostile text of any length is read in linear time.
 */
const KINDS: readonly RegExp[] = [
  // GitHub, GitLab
  /(?<![A-Za-z0-9_])(?:gh[opsur]_[A-Za-z0-9]{16}|github_pat_[A-Za-z0-9_]{16})/,
  /(?<![A-Za-z0-9])gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt)-[A-Za-z0-9_-]{16}/,
  // OpenAI, Anthropic, DeepSeek, OpenRouter; Stripe
  /(?<![A-Za-z0-9_-])sk-(?:[A-Za-z0-9]{20}|(?:proj|ant|svcacct|admin|or|lf)-[A-Za-z0-9_-]{12})/,
  /(?<![A-Za-z0-9])[prs]k_(?:live|test)_[A-Za-z0-9]{10}/,
  /(?<![A-Za-z0-9])whsec_[A-Za-z0-9+/]{16}/,
  // Slack
  /(?<![A-Za-z0-9_-])xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{8}/,
  /(?<![A-Za-z0-9_-])xapp-\d-[A-Za-z0-9-]{8}/,
  /hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Z0-9]{5}/,
  /discord(?:app)?\.com\/api\/webhooks\/\d{5,20}\/[A-Za-z0-9_-]{16}/,
  // AWS: where its id stands, the key stands too
  /(?<![A-Za-z0-9])A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![A-Za-z0-9])/,
  // Google
  /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{30}/,
  /(?<![A-Za-z0-9_-])(?:ya29\.|GOCSPX-|1\/\/0)[A-Za-z0-9_-]{16}/,
  // Registries and hosts
  /(?<![A-Za-z0-9_])(?:npm_[A-Za-z0-9]{30}|hf_[A-Za-z0-9]{16}|do[opr]_v1_[a-f0-9]{16}|(?:dapi|key-)[a-f0-9]{32})/,
  /(?<![A-Za-z0-9_-])pypi-[A-Za-z0-9_-]{16}/,
  /(?<![A-Za-z0-9_-])(?:dckr_pat_|shpat_|shpss_|sntrys_|glsa_|lin_api_|ntn_|figd_|rpa_|gsk_|xai-|pplx-|r8_|tfp_|sbp_|phx_|nvapi-|fo1_|FlyV1 )(?=[A-Za-z_-]{0,40}\d)[A-Za-z0-9_-]{16}/,
  /(?<![A-Za-z0-9_-])SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16}/,
  /(?<![A-Za-z0-9_-])hv[sbr]\.[A-Za-z0-9_-]{16}/,
  /AGE-SECRET-KEY-1[A-Z0-9]{16}/,
  // A JSON Web Token: two parts that begin with `{"` in base64url.
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5}/,
  // A bot of Telegram
  /(?<![A-Za-z0-9])\d{8,10}:AA[A-Za-z0-9_-]{30}/,
];

/** Twilio. By itself, because its two letters stand in many words. */
const SHORT_START = /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/;
const TOKEN = new RegExp(KINDS.map(({ source }) => source).join('|'));
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY|PuTTY-User-Key-File/;
/** A password inside a URL; a port is none, and neither is what a template puts there. */
const URL_PASSWORD =
  /:\/\/(?:[^\s/:@[\]"'<>`]{0,128}):(?!\d{1,5}(?:[/?#]|$))(?!\$\{|<|\{\{|\*{3}|%\(|\[redacted)[^\s@"<>`]{1,256}@/;

/** What every other secret of this file has in it. */
const URL_OR_KEY = ['://', '-----begin', 'putty'];
const maybeOther = createFinder(URL_OR_KEY).isIn;
export const OTHER_STARTS: readonly string[] = [
  ...URL_OR_KEY,
  ...Array.from('0123456789abcdef', (digit) => `sk${digit}`),
];
const maybeToken = createFinder(TOKEN_STARTS).isIn;

/** Whether the text holds a token, a private key or a URL with a password. */
export function holdsToken(text: string): boolean {
  if (maybeToken(text) && TOKEN.test(text)) return true;
  if (text.includes('SK') && SHORT_START.test(text)) return true;
  if (!maybeOther(text)) return false;
  if (text.lastIndexOf('@') > text.indexOf('://') && URL_PASSWORD.test(text)) return true;
  return PRIVATE_KEY.test(text);
}
