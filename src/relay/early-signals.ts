import type { Io } from '../io.ts';

/** The signals that end a run, each passed on to the server. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/** Keeps the signal that came while the server was being started: ended by it at once, the guard would leave it behind. */
export interface EarlySignals {
  /** The signal that came, null where none did; from now on signals do what they always do. */
  end(): NodeJS.Signals | null;
}

export function catchSignals(io: Pick<Io, 'onSignal'>): EarlySignals {
  const over = new AbortController();
  let caught: NodeJS.Signals | null = null;
  io.onSignal(SIGNALS, (signal) => (caught ??= signal), over.signal);
  return {
    end() {
      over.abort();
      return caught;
    },
  };
}
