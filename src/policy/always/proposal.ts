/** The rule that "always" would write, as a person sees it before it is written. */
export type Proposal =
  | {
      readonly kind: 'rule';
      readonly file: string;
      /** Lines of the file as they would read, without their places: `tools:`, `  delete_broker: allow`. */
      readonly lines: readonly string[];
    }
  | { readonly kind: 'impossible'; readonly why: string };
