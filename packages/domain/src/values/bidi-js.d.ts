/** The package's types are those of a module with a default export, which only this of its files is. */
declare module 'bidi-js/dist/bidi.mjs' {
  import type { Bidi } from 'bidi-js';

  const createBidi: () => Bidi;
  export default createBidi;
}
