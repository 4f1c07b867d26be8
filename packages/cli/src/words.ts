import type { Schemas } from '@averment/client';
import type { Session } from './session.ts';

/** What stands where a text was erased, or is not the caller's to read. */
export const missing = '[not shown]';

/** A code of the vocabulary as it is read. */
export const plain = (code: string): string => code.replaceAll('_', ' ');

export const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;

export const whenOf = (occurred: Schemas['Occurred'] | null): string => {
  if (occurred === null) return missing;
  const { date, dateText, time, approximate } = occurred;
  const day = date ?? (dateText === null ? 'day not known' : `“${dateText}”`);
  return `${approximate ? 'about ' : ''}${day}${time === null ? '' : ` ${time}`}`;
};
export const whereOf = (place: Schemas['Place'] | null): string => (place === null ? 'place not known' : (place.text ?? missing));

const colours: Record<string, Parameters<Session['paint']>[0]> = {
  agreed: 'green',
  upheld: 'green',
  disputed: 'yellow',
  contradicted: 'red',
  not_established: 'red',
  retracted: 'red',
};
/** A state or a standing, in its colour. */
export const stateOf = (session: Session, code: string): string => {
  const colour = colours[code];
  return colour === undefined ? plain(code) : session.paint(colour, plain(code));
};
