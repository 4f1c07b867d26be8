/** What was sent is not of the form that its specification asks for; the message says what is wrong with it. */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}
