import { approve, cite, claimsFrom, note, openProceeding, quantity, report, term, text } from '../compose.ts';
import type { Sample } from '../shapes.ts';

/** Shows a correction of a claim: the note was misread as telling of one shot. */

export const chicagoNote = note('chicagonote', 'Case note on shots at a person in Chicago', [
  'All that this note knows comes from a short passage of a report on another incident. The report names no speaker for any of it, and gives no day, only the month.',
  'It tells of several vehicles that rammed federal officers and hemmed them in. The officers then fired: shots, in the plural, but how many is not told. The report has them aimed at a person, and calls them defensive. It says that they killed nobody. The person is described as armed; with what, is left open.',
  'At a later time, the report adds, that person was indicted. It names neither the offence nor the court.',
]);

const claim = claimsFrom(chicagoNote.ref);
const outlet = report('@phoenixreport');

export const chicago: Sample = {
  name: 'chicago',
  author: 'contributor2',
  proposal: {
    title: 'Federal officers fire at a person in Chicago',
    occurred: { date: null, dateText: 'earlier in the month of the report', time: null, approximate: false, timeZone: 'America/Chicago' },
    place: { text: 'Chicago', locality: 'Chicago', region: 'US-IL', country: 'US', point: null, precision: 'locality' },
    agencies: [],
    claims: [
      claim({
        ref: 'c1',
        by: outlet,
        aspect: 'vehicle_path',
        about: '@chicagodrivers',
        value: term('rammed'),
        stance: 'alleges',
        statement: 'The report says that several vehicles rammed federal officers.',
        quotes: ['several vehicles that rammed federal officers'],
      }),
      claim({
        ref: 'c2',
        by: outlet,
        aspect: 'vehicle_path',
        about: '@chicagodrivers',
        value: term('boxed_in'),
        stance: 'alleges',
        statement: 'The report says that several vehicles boxed in federal officers.',
        quotes: ['several vehicles that rammed federal officers and hemmed them in'],
      }),
      claim({
        ref: 'c3',
        by: outlet,
        aspect: 'shots_fired',
        value: quantity('1', 'shot'),
        statement: 'The report says that the officers fired one shot.',
        quotes: ['The officers then fired'],
      }),
      claim({
        ref: 'c4',
        by: outlet,
        aspect: 'fired_at',
        value: term('person'),
        statement: 'The report says that the officers fired at a person.',
        quotes: ['The report has them aimed at a person'],
      }),
      claim({
        ref: 'c5',
        by: outlet,
        aspect: 'force_justification',
        about: '@chicagoofficers',
        value: text('defensive'),
        statement: 'The report calls the shots defensive.',
        quotes: ['calls them defensive'],
      }),
      claim({
        ref: 'c6',
        by: outlet,
        aspect: 'death',
        about: '@chicagoperson',
        value: { kind: 'boolean', value: false },
        statement: 'The report says that the shots killed nobody.',
        quotes: ['It says that they killed nobody'],
      }),
      claim({
        ref: 'c7',
        by: outlet,
        aspect: 'weapon',
        about: '@chicagoperson',
        value: term('not_stated'),
        stance: 'alleges',
        statement: 'The report says that the person fired at was armed, and does not say with what.',
        quotes: ['The person is described as armed; with what, is left open'],
      }),
      claim({
        ref: 'c8',
        by: outlet,
        aspect: 'charge',
        about: '@chicagoperson',
        value: text('indicted; the offence is not stated'),
        statement: 'The report says that the person fired at was indicted later, and not for what.',
        quotes: ['that person was indicted'],
      }),
    ],
    rationale: 'An older incident that the report on Phoenix mentions.',
  },
  approval: [approve('reviewer', 'Short, and nothing in it goes beyond the note.')],
  edits: [
    {
      name: 'indictment',
      author: 'contributor2',
      rationale: 'The indictment that the note mentions.',
      changes: [
        openProceeding('p1', 'indictment', 'Indictment of the person fired at', cite(chicagoNote.ref, 'that person was indicted'), {
          against: '@chicagoperson',
          claims: ['@c8'],
        }),
      ],
      review: [approve('reviewer2', 'In the note, and no offence is made up.')],
      ends: 'applied',
    },
    {
      name: 'shots',
      author: 'contributor',
      rationale: 'The claim counts one shot, the note tells of several.',
      changes: [
        {
          kind: 'correct_claim',
          claim: '@c3',
          set: {
            value: quantity('2', 'shot', 'at_least'),
            statement: 'The report says that the officers fired shots; how many, it does not say.',
          },
          carry: [],
          reason: 'The note was misread: it speaks of shots in the plural.',
          citations: [cite(chicagoNote.ref, 'shots, in the plural, but how many is not told')],
        },
      ],
      review: [approve('reviewer', 'Right: at least two, and no more than that can be said.')],
      ends: 'applied',
    },
  ],
};
