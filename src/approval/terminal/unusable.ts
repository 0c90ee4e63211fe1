/** The terminal cannot be asked in; the message says why, for a person. */
export class Unusable extends Error {}

export const NO_TERMINAL = 'no terminal: the client runs without one';
export const BACKGROUND = 'the guard runs in the background of its terminal';
export const RAW =
  'the terminal is in raw mode: a full-screen program owns it; if a program left it so, run `stty sane` in it';
export const CLOSED = 'the terminal was closed';
