import { brooklyn, brooklynNote, brooklynSecondNote } from './incidents/brooklyn.ts';
import { chicago, chicagoNote } from './incidents/chicago.ts';
import { losAngeles, losAngelesNote } from './incidents/los-angeles.ts';
import { minneapolis, minneapolisNote } from './incidents/minneapolis.ts';
import { ontario, ontarioNote } from './incidents/ontario.ts';
import { phoenix, phoenixNote } from './incidents/phoenix.ts';
import { washington, washingtonNote } from './incidents/washington.ts';
import type { Note, Sample } from './shapes.ts';

/** Case notes written for the project: the only sources that the samples cite. */
export const notes: readonly Note[] = [
  phoenixNote,
  chicagoNote,
  washingtonNote,
  losAngelesNote,
  ontarioNote,
  minneapolisNote,
  brooklynNote,
  brooklynSecondNote,
];

/** The samples, in the order in which they are entered. */
export const samples: readonly Sample[] = [phoenix, chicago, washington, losAngeles, ontario, minneapolis, brooklyn];
