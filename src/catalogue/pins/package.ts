/** A package that a launcher has started. */
export interface Package {
  readonly name: string;
  readonly version: string;
}
