/** What a tool does to the world, in the order in which tables show it. */
export const CATEGORIES = ['read', 'write', 'execute', 'destructive', 'financial'] as const;
export type Category = (typeof CATEGORIES)[number];

/** How much harm a call can do, from mild to grave. */
export const RISKS = ['low', 'medium', 'high', 'critical'] as const;
export type Risk = (typeof RISKS)[number];

/** What a policy may ask of a tool beside its name. */
export interface Profile {
  readonly category: Category;
  readonly risk: Risk;
  /** Whether the tool's definition was seen, now or when it was pinned; what is told from a name alone allows nothing. */
  readonly isSeen: boolean;
}
