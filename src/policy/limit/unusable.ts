import { escapeUnseen } from '../quote.ts';

/** What a limit has counted cannot be read or written. Its message is a clause, with the way out. */
export class Unusable extends Error {
  /** `mend`: what a person does about it; else the folder of the limit goes. */
  constructor(folder: string, why: string, mend?: string) {
    super(`${why}: ${mend ?? `remove ${escapeUnseen(folder)}, and the limit counts from zero`}`);
  }
}
