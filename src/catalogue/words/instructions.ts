/**
 * What a description says to the model that it should not: orders that go beyond the tool itself. "Use this tool when"
 * is what descriptions are for.
 */
export const INSTRUCTIONS: readonly RegExp[] = [
  /\bignore (?:all |any |the )?(?:previous|prior|above|other) (?:instructions?|prompts?|rules?)/i,
  /\bdisregard (?:all |any |the )?(?:previous|prior|above|other|your) \w+/i,
  /\b(?:do not|don't|never) (?:tell|inform|mention|show|reveal|disclose)[^.\n]{0,40}\b(?:user|anyone|anybody|human)/i,
  /\bwithout (?:telling|informing|asking|notifying) (?:the )?(?:user|anyone|human)/i,
  /<\/?(?:important|system|secret|instructions?_override|hidden)>/i,
  /\bbefore (?:using|calling|invoking) any (?:other )?tools?\b/i,
  /\byou must (?:always |first )?(?:call|use|run|read|send|include)\b[^.\n]{0,40}\b(?:before|other tool|any tool|file|secret|key|credential)/i,
  /(?:~\/|\/home\/|\/root\/)?\.(?:ssh\/|aws\/credentials|npmrc\b|netrc\b)|\bid_(?:rsa|ed25519)\b/,
  /\bsystem prompt\b/i,
  /\b(?:send|forward|post|upload|exfiltrate)s?\b[^.\n]{0,60}\b(?:to|at) https?:\/\//i,
  /\binstead of (?:the )?(?:tool )?["'`]?[a-z]+_[a-z_]+["'`]?,? (?:always|you must)/i,
  /<!--/,
  /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{200}/,
];
