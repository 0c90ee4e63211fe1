/**
 * The spellings under which a server may take a URI: as it is sent, as a browser writes it (scheme and host in small
 * letters, `..` resolved, file://localhost without its host), and either of them with percent signs decoded.
 */
export function listUriForms(uri: string): string[] {
  const written = [uri, ...normalize(uri)];
  const decoded = written.flatMap((form) => decode(form));
  return [...new Set([...written, ...decoded, ...decoded.flatMap((form) => normalize(form))])];
}

function normalize(uri: string): string[] {
  try {
    return [new URL(uri).href];
  } catch {
    return [];
  }
}

function decode(uri: string): string[] {
  try {
    return [decodeURIComponent(uri)];
  } catch {
    return [];
  }
}
