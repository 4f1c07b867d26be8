import told from './examples.json' with { type: 'json' };

/**
 * The examples of the OpenAPI document: one story, the README's, call after call. Ids follow from who sends what under which `Idempotency-Key`, so whoever
 * sends it gets the same. `test/examples.test.ts` sends it, and with `UPDATE_EXAMPLES=1` writes down what is answered.
 */
export type Example = {
  operation: string;
  /** The subject that sends it; null for nobody. */
  as: string | null;
  /** The `Idempotency-Key`. */
  key?: string;
  path?: Readonly<Record<string, string | number>>;
  query?: Readonly<Record<string, string | number>>;
  /** What goes with it as `Tip-Secret`. */
  secret?: string;
  /** Whether the tag of the edit goes with it. */
  match?: boolean;
  /** What the body is an example of. */
  example?: string;
  /** JSON, or the text of a document of `mediaType`. */
  body?: object | string;
  mediaType?: string;
  status: number;
  /** False where the answer is too long to be shown. */
  told?: boolean;
  answer?: object;
};

export const story: readonly Example[] = told as readonly Example[];

/** What was sent to an operation. */
export const examplesOf = (operation: string): readonly Example[] => story.filter((example) => example.operation === operation);
