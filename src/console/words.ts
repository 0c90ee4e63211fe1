/** `1 guard`, `3 guards`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Time is told in steps of five seconds, and near the end in single ones: what changes all the time is not calm. */
const CALM_ABOVE_S = 15;
const CALM_STEP_S = 5;
const MINUTES_FROM_S = 120;

/** Time that is left: `8 s`, `45 s`, `9 min`. */
export function renderLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds >= MINUTES_FROM_S) return `${Math.floor(seconds / 60)} min`;
  return `${seconds > CALM_ABOVE_S ? Math.floor(seconds / CALM_STEP_S) * CALM_STEP_S : seconds} s`;
}
