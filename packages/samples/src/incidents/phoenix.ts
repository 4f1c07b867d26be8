import { addClaim, approve, cite, claimsFrom, note, openProceeding, quantity, report, term, text, type Voice, yes } from '../compose.ts';
import type { Sample } from '../shapes.ts';

/** Shows a correction of the incident itself (its time was misread) and an edit that was rejected. */

export const phoenixNote = note('phoenixnote', 'Case note on shots at a vehicle in Phoenix', [
  'This note sums up one press report. No document of an agency was seen for it.',
  'The immigration agency’s account: one of its officers fired two shots, and what he fired at was the vehicle. By that account the driver set the vehicle in motion toward the officer before the first shot. The agency calls the shots self-defence and says that the officer feared for his life. It reports the driver’s condition as stable, and speaks of a vehicle of a national of Honduras.',
  'The report’s own words, without a speaker: officers stopped a vehicle on a freeway at about four in the morning, local time. The driver halted at first. He then made off at speed, still before any shot. A wound of the driver was treated; whether a bullet made it, the report does not say. The officer was seen at a hospital.',
  'An office of the FBI in Phoenix is said to be in charge of the investigation.',
  'The agency blames politicians and activists for what happened. It also gives a figure of its own: assaults on its officers, rammings included, are up by over 1000 percent. Neither the years nor the base are given.',
]);

const claim = claimsFrom(phoenixNote.ref);
const agency: Voice = { speaker: '@ice', capacity: 'spokesperson', via: ['@phoenixreport'], rendering: 'paraphrase' };
const outlet = report('@phoenixreport');

export const phoenix: Sample = {
  name: 'phoenix',
  author: 'contributor',
  proposal: {
    title: 'Immigration officer fires at a vehicle in Phoenix',
    occurred: { date: null, dateText: 'Wednesday', time: '16:00', approximate: true, timeZone: 'America/Phoenix' },
    place: { text: 'a freeway in Phoenix', locality: 'Phoenix', region: 'US-AZ', country: 'US', point: null, precision: 'locality' },
    agencies: ['@ice'],
    claims: [
      claim({
        ref: 'c1',
        by: agency,
        aspect: 'shots_fired',
        value: quantity('2', 'shot'),
        statement: 'The agency says that the officer fired twice.',
        quotes: ['one of its officers fired two shots'],
      }),
      claim({
        ref: 'c2',
        by: agency,
        aspect: 'fired_at',
        value: term('vehicle'),
        statement: 'The agency says that the officer fired at the vehicle.',
        quotes: ['what he fired at was the vehicle'],
      }),
      claim({
        ref: 'c3',
        by: agency,
        aspect: 'vehicle_motion',
        about: '@phoenixdriver',
        value: yes,
        stance: 'alleges',
        statement: 'The agency says that the vehicle moved toward the officer before the first shot.',
        quotes: ['the driver set the vehicle in motion toward the officer before the first shot'],
      }),
      claim({
        ref: 'c4',
        by: agency,
        aspect: 'force_justification',
        about: '@phoenixofficer',
        value: text('self-defence, in fear for his life'),
        statement: 'The agency says that the officer fired in self-defence and feared for his life.',
        quotes: ['The agency calls the shots self-defence and says that the officer feared for his life'],
      }),
      claim({
        ref: 'c5',
        by: agency,
        aspect: 'medical_condition',
        about: '@phoenixdriver',
        value: term('stable'),
        statement: 'The agency says that the driver was in a stable condition.',
        quotes: ['It reports the driver’s condition as stable'],
      }),
      claim({
        ref: 'c6',
        by: outlet,
        aspect: 'operation_type',
        value: term('traffic_stop'),
        statement: 'The report says that officers stopped a vehicle on a freeway.',
        quotes: ['officers stopped a vehicle on a freeway'],
      }),
      claim({
        ref: 'c7',
        by: outlet,
        aspect: 'vehicle_path',
        about: '@phoenixdriver',
        value: term('stopped'),
        statement: 'The report says that the driver stopped at first.',
        quotes: ['The driver halted at first'],
      }),
      claim({
        ref: 'c8',
        by: outlet,
        aspect: 'vehicle_path',
        about: '@phoenixdriver',
        value: term('drove_away'),
        stance: 'alleges',
        statement: 'The report says that the driver then drove off at speed, before the shots.',
        quotes: ['He then made off at speed, still before any shot'],
      }),
      claim({
        ref: 'c9',
        by: outlet,
        aspect: 'injury',
        about: '@phoenixdriver',
        value: term('not_stated'),
        statement: 'The report says that the driver was treated for a wound.',
        quotes: ['A wound of the driver was treated'],
      }),
      claim({
        ref: 'c10',
        by: outlet,
        aspect: 'hospitalised',
        about: '@phoenixofficer',
        value: yes,
        statement: 'The report says that the officer was seen at a hospital.',
        quotes: ['The officer was seen at a hospital'],
      }),
      claim({
        ref: 'c11',
        by: agency,
        aspect: 'cause_attributed',
        about: '@phoenixothers',
        value: text('politicians and activists'),
        stance: 'opines',
        statement: 'The agency blames politicians and activists.',
        quotes: ['The agency blames politicians and activists for what happened'],
      }),
      claim({
        ref: 'c12',
        by: agency,
        aspect: 'statistic',
        value: quantity('1000', 'percent_change', 'more_than'),
        statement: 'The agency says that assaults on its officers rose by more than 1000 percent.',
        scope: {
          measure: 'assaults on officers, rammings included',
          population: 'the agency’s officers',
          place: null,
          period: null,
          base: null,
        },
        quotes: ['assaults on its officers, rammings included, are up by over 1000 percent'],
      }),
    ],
    rationale: 'One agency’s account, and the words of the report that relays it.',
  },
  approval: [approve('reviewer', 'Each quote stands in the note, and says what its claim says.')],
  edits: [
    {
      name: 'investigation',
      author: 'contributor',
      rationale: 'The investigation that the note names. It is against nobody.',
      changes: [
        openProceeding(
          'p1',
          'investigation',
          'FBI investigation of the shooting',
          cite(phoenixNote.ref, 'An office of the FBI in Phoenix is said to be in charge of the investigation'),
          { by: '@fbiphoenix' },
        ),
      ],
      review: [approve('reviewer2', 'The note says so; opened against nobody.')],
      ends: 'applied',
    },
    {
      name: 'hit',
      author: 'contributor2',
      rationale: 'A wound was treated after shots, so the driver was hit.',
      changes: [
        addClaim(
          claim({
            ref: 'c13',
            by: outlet,
            aspect: 'hit_by_gunfire',
            about: '@phoenixdriver',
            value: yes,
            statement: 'The report says that the driver was hit.',
            quotes: ['A wound of the driver was treated; whether a bullet made it, the report does not say'],
          }),
        ),
      ],
      review: [
        {
          decision: 'reject',
          by: 'reviewer',
          reason: 'The quote does not say this: it leaves open what made the wound. Nothing is recorded that the quote does not say.',
        },
      ],
      ends: 'rejected',
    },
    {
      name: 'time',
      author: 'contributor2',
      rationale: 'The record has the afternoon, the note has the morning.',
      changes: [
        {
          kind: 'correct_incident',
          set: { occurred: { date: null, dateText: 'Wednesday', time: '04:00', approximate: true, timeZone: 'America/Phoenix' } },
          reason: 'The hour was misread as one of the afternoon. The note says four in the morning.',
          citations: [cite(phoenixNote.ref, 'at about four in the morning, local time')],
        },
      ],
      review: [approve('reviewer', 'Read again in the note: the morning it is.')],
      ends: 'applied',
    },
  ],
};
