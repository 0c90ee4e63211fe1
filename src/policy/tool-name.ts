/** Whether a call under this name is read at all: other names are refused before any policy is asked. */
export function isToolName(name: string): boolean {
  return /^[A-Za-z0-9_./-]{1,128}$/.test(name);
}
