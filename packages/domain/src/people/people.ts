import { createHmac, type KeyObject } from 'node:crypto';
import type { z } from 'zod';
import { type DomainEvent, isPeopleEvent, type NewEvent } from '../log/events.ts';
import { followStream, initialStream, type StreamState } from '../log/stream.ts';
import type { peopleEvents } from './shapes.ts';

/** Which subjects are one person, as admins say. Its events are `PersonSet`, all in one stream: the last one of a subject counts. */
export const peopleStream = 'operations_0000000000000000000000same';

/** The tag of a person's name. */
export type TagPerson = (name: string) => string;
/** By HMAC-SHA-256: a mere hash of a name would tell it to whoever tries some. The form is part of the storage format. */
export const tagPeople =
  (key: KeyObject | Uint8Array): TagPerson =>
  (name) =>
    createHmac('sha256', key).update(name.normalize('NFKC').trim().toLowerCase()).digest('base64url');

/** Who a subject is: two subjects are one person where this says the same of both. */
export type PersonOf = (subject: string) => string;
/** Where nothing is known of people: each subject is somebody. */
export const eachItself: PersonOf = (subject) => subject;

type Said = { person: string | null | undefined; tag: string; by: string; at: string };
export type People = StreamState & {
  /** By subject; of those that stand for themselves there is nothing. */
  said: Map<string, Said>;
  position: bigint;
};
export const initialPeople = (): People => ({ ...initialStream(), said: new Map(), position: 0n });

/** Folds one event into the state, in place, and returns it. */
export const evolvePeople = (state: People, event: DomainEvent): People => {
  if (isPeopleEvent(event)) {
    const { subject, person, tag } = event.data;
    if (tag === null) state.said.delete(subject);
    else state.said.set(subject, { person, tag, by: event.actor, at: event.recordedAt });
  }
  state.position = event.position;
  followStream(state, event);
  return state;
};

/** As the people are now. What it says of one is never the name of a subject, which has no space. */
export const personIn =
  ({ said }: People): PersonOf =>
  (subject) => {
    const known = said.get(subject);
    return known === undefined ? subject : `person ${known.tag}`;
  };

/** The subjects of whom is said that they are the person that this one is, itself included. */
export const subjectsAlike = (people: People, subject: string): string[] => {
  const personOf = personIn(people);
  return [...new Set([subject, ...people.said.keys()])].filter((other) => personOf(other) === personOf(subject)).sort();
};

/** What says that a subject is the person of that tag, or stands for itself; nothing where that is so. */
export const decidePerson = ({ said }: People, { subject, person, tag }: z.output<typeof peopleEvents.PersonSet>): NewEvent[] =>
  (said.get(subject)?.tag ?? null) === tag ? [] : [{ type: 'PersonSet', edit: null, data: { subject, person, tag } }];
