/** Servers decode percent signs once; a text that is decoded on its way to them, twice. */
const ROUNDS = 2;
/** What a reader of URIs sends to a host, which leaves out a name, a password and a fragment. */
const TO_HOST = /^(?:https?|wss?|ftp):$/;
/** A path without a scheme. */
const PATH = /^(?:[a-z]:)?[/\\]/i;

/**
 * The spellings under which a server may take a URI: as it is sent, as a browser writes it, as the path of a file, and
 * each of them with percent signs decoded. The first one is what most of them come to, and what is counted.
 */
export function listUriForms(uri: string): readonly [string, ...string[]] {
  const forms = new Set<string>();
  let round = [uri];
  for (let left = ROUNDS; left >= 0; left--) {
    const spelled = round.flatMap((form) => [form, writeLikeBrowser(form), settle(form)]);
    for (const form of spelled) forms.add(form);
    round = [...new Set(spelled.map(decode))];
  }
  const settled = settleWhole(uri);
  forms.delete(settled);
  return [settled, ...forms];
}

/** What a name may mean to a server: as it is sent, and as one that trims it or reads up to a NUL takes it. */
export function listNameForms(name: string): readonly [string, ...string[]] {
  const read = name.replace(/\0.*$/s, '').trim();
  return read === name ? [name] : [read, name];
}

function settleWhole(uri: string): string {
  let form = settle(uri);
  for (let left = ROUNDS; left > 0; left--) form = settle(decode(form));
  return form;
}

/** Small letters in scheme and host, `..` resolved, the rest as it stands. */
function writeLikeBrowser(uri: string): string {
  return parse(uri)?.href ?? uri;
}

/** What of a URI says where it leads: servers that read a file look at its path alone. */
function settle(uri: string): string {
  const url = parse(PATH.test(uri) ? `file:///${uri}` : uri);
  if (url === null) return uri;
  if (url.protocol === 'file:') return `file://${tidyPath(url.pathname)}`;
  if (TO_HOST.test(url.protocol)) {
    url.hash = '';
    url.username = '';
    url.password = '';
    url.hostname = url.hostname.replace(/\.$/, '');
  }
  return url.href;
}

/** As the system reads it: no empty steps, and nothing behind a NUL. */
function tidyPath(path: string): string {
  const [read = ''] = path.split('%00');
  return read.replaceAll(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
}

function parse(uri: string): URL | null {
  try {
    return new URL(uri);
  } catch {
    return null;
  }
}

/** As lenient readers do: what is no UTF-8 becomes a mark, and a lone `%` stays. */
function decode(uri: string): string {
  return uri.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString(),
  );
}
