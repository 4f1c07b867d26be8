import { addClaim, approve, cite, claimsFrom, no, note, party, quantity, report, term, text, type Voice, yes } from '../compose.ts';
import type { Sample } from '../shapes.ts';

/** Shows a flagged claim that is corrected later, a dispute that the record infers, and one that a party states, with a counter-claim. */

export const brooklynNote = note('brooklynnote', 'Case note on a shot in Brooklyn', [
  'This note sums up one press report of 7 February 2020, known only in a rough machine translation. It puts the shot on the Thursday before, at about a quarter past eight in the morning, in Bensonhurst.',
  'The report’s own words: immigration officers, out to arrest one man, shot another. The bullet went through his hand. It went through his face. Police had arrested the first man some days earlier and let him go again.',
  'A witness, quoted by way of the New York Post, says that the officers attacked the first man out of the blue. Only then, says the witness, did he hit back. The officers never said who they were, according to the witness.',
  'The immigration agency says that two officers were assaulted while they made the arrest. It does not say by whom. Its officials hold the first man to be in the country unlawfully, and say that he was deported two times. The agency complains that his release left it no choice but to look for him in the street.',
  'The Consul General of Mexico, quoted by way of the Daily News, says that the man who was shot is in the country lawfully.',
  'City Hall answers the agency through its spokeswoman: an officer of the agency shot somebody, and within minutes the agency pointed at the police. The words are garbled; this is their sense.',
  'Of the injuries the report says something with two negations in it. To the letter, it doubts that they are anything but a danger to life.',
]);

export const brooklynSecondNote = note('brooklynsecondnote', 'Case note on a shot in Brooklyn, second reading', [
  'A second reading of the sentence on the injuries, by somebody else. One of its two negations is a slip of the translation, as others in the text are.',
  'Without the slip the sentence says: his life is not thought to be in danger.',
]);

const claim = claimsFrom(brooklynNote.ref);
const outlet = report('@brooklynreport');
const agency: Voice = { speaker: '@ice', capacity: 'spokesperson', via: ['@brooklynreport'], rendering: 'paraphrase' };
const officials: Voice = { ...agency, capacity: 'official' };
const witness: Voice = { speaker: '@bkwitness', capacity: 'eyewitness', via: ['@nypost', '@brooklynreport'], rendering: 'paraphrase' };
const consul: Voice = { speaker: '@consul', capacity: 'official', via: ['@dailynews', '@brooklynreport'], rendering: 'paraphrase' };
const cityHall: Voice = {
  speaker: '@cityhall',
  capacity: 'spokesperson',
  onBehalfOf: '@newyork',
  via: ['@brooklynreport'],
  rendering: 'paraphrase',
};
const translated = ['machine_translated'];

export const brooklyn: Sample = {
  name: 'brooklyn',
  author: 'contributor',
  proposal: {
    title: 'Immigration officer shoots a man in Brooklyn',
    occurred: { date: '2020-02-06', dateText: null, time: '08:15', approximate: true, timeZone: 'America/New_York' },
    place: { text: 'Bensonhurst, Brooklyn', locality: 'Brooklyn', region: 'US-NY', country: 'US', point: null, precision: 'neighbourhood' },
    agencies: ['@ice'],
    claims: [
      claim({
        ref: 'c1',
        by: outlet,
        aspect: 'time',
        value: { kind: 'time', value: '2020-02-06T08:15', approximate: true },
        statement: 'The report puts the shot on the Thursday before its own date, at about a quarter past eight.',
        flags: translated,
        quotes: ['one press report of 7 February 2020', 'the Thursday before, at about a quarter past eight in the morning'],
      }),
      claim({
        ref: 'c2',
        by: outlet,
        aspect: 'operation_type',
        value: term('arrest'),
        statement: 'The report says that officers were out to make an arrest.',
        flags: translated,
        quotes: ['immigration officers, out to arrest one man'],
      }),
      claim({
        ref: 'c3',
        by: outlet,
        aspect: 'injury',
        about: '@bkshot',
        value: term('hand'),
        statement: 'The report says that the bullet went through the man’s hand.',
        flags: translated,
        quotes: ['The bullet went through his hand'],
      }),
      claim({
        ref: 'c4',
        by: outlet,
        aspect: 'injury',
        about: '@bkshot',
        value: term('face'),
        statement: 'The report says that the bullet went through the man’s face.',
        flags: translated,
        quotes: ['It went through his face'],
      }),
      claim({
        ref: 'c5',
        by: outlet,
        aspect: 'custody',
        about: '@bkman',
        value: term('released'),
        statement: 'The report says that the police had arrested the man and let him go again.',
        flags: translated,
        quotes: ['Police had arrested the first man some days earlier and let him go again'],
      }),
      claim({
        ref: 'c6',
        by: witness,
        aspect: 'first_violence',
        value: party('@ice'),
        stance: 'alleges',
        statement: 'The witness says that the officers attacked first and that the man then hit back.',
        flags: translated,
        quotes: ['the officers attacked the first man out of the blue', 'Only then, says the witness, did he hit back'],
      }),
      claim({
        ref: 'c7',
        by: witness,
        aspect: 'officer_identified',
        about: '@bkofficers',
        value: no,
        stance: 'alleges',
        statement: 'The witness says that the officers never said who they were.',
        flags: translated,
        quotes: ['The officers never said who they were'],
      }),
      claim({
        ref: 'c8',
        by: agency,
        aspect: 'attacked_officers',
        value: yes,
        stance: 'alleges',
        statement: 'The agency says that two officers were assaulted during the arrest, and not by whom.',
        flags: translated,
        quotes: ['two officers were assaulted while they made the arrest'],
      }),
      claim({
        ref: 'c9',
        by: officials,
        aspect: 'legal_status',
        about: '@bkman',
        value: term('unlawful'),
        stance: 'alleges',
        statement: 'The agency’s officials say that the man whom they came to arrest is in the country unlawfully.',
        flags: translated,
        quotes: ['Its officials hold the first man to be in the country unlawfully'],
      }),
      claim({
        ref: 'c10',
        by: consul,
        aspect: 'legal_status',
        about: '@bkshot',
        value: term('lawful'),
        statement: 'The Consul General of Mexico says that the man who was shot is in the country lawfully.',
        flags: translated,
        quotes: ['the man who was shot is in the country lawfully'],
      }),
      claim({
        ref: 'c11',
        by: officials,
        aspect: 'removal_history',
        about: '@bkman',
        value: quantity('2', 'removal'),
        stance: 'alleges',
        statement: 'The agency’s officials say that the man was deported two times.',
        flags: translated,
        quotes: ['he was deported two times'],
      }),
      claim({
        ref: 'c12',
        by: agency,
        aspect: 'cause_attributed',
        value: text('the man’s release by the police'),
        stance: 'opines',
        statement: 'The agency puts the arrest in the street down to the man’s release.',
        flags: translated,
        quotes: ['his release left it no choice but to look for him in the street'],
      }),
      claim({
        ref: 'c13',
        by: outlet,
        aspect: 'medical_condition',
        about: '@bkshot',
        value: term('not_life_threatening'),
        stance: 'denies',
        statement: 'The report, read to the letter, doubts that the injuries are anything but a danger to life.',
        flags: [...translated, 'negation_unclear'],
        quotes: ['To the letter, it doubts that they are anything but a danger to life'],
      }),
    ],
    rationale: 'A witness, an agency and a consul, who speak of different things, in a text that is hard to read.',
  },
  approval: [approve('reviewer', 'The sentence with two negations is flagged, so it counts for nothing until somebody can read it.')],
  edits: [
    {
      name: 'who-attacked',
      author: 'contributor2',
      rationale:
        'Nobody in the note contests anybody, yet two of its accounts pull apart on who attacked whom. This is the record’s own reading.',
      changes: [
        {
          kind: 'dispute_claim',
          ref: 'd1',
          claim: '@c8',
          basis: 'inferred',
          by: null,
          grounds:
            'The agency speaks of officers who were assaulted; the witness says that the officers attacked and that the man hit back.',
          counterClaim: '@c6',
          citations: [
            cite(brooklynNote.ref, 'two officers were assaulted while they made the arrest'),
            cite(brooklynNote.ref, 'the officers attacked the first man out of the blue'),
          ],
        },
      ],
      review: [
        approve('reviewer', 'A fair reading, and labelled as one.'),
        approve('reviewer2', 'Agreed. Who identified themselves is another matter and rightly left out.'),
      ],
      ends: 'applied',
    },
    {
      name: 'city-hall',
      author: 'contributor',
      rationale: 'City Hall contests what the agency puts the arrest down to, and has an account of its own.',
      changes: [
        addClaim(
          claim({
            ref: 'c14',
            by: cityHall,
            aspect: 'cause_attributed',
            value: text('the agency, whose officer shot somebody'),
            stance: 'opines',
            statement: 'The spokeswoman of City Hall points at the agency, whose officer shot somebody.',
            relatesTo: [{ claim: '@c12', as: 'answers' }],
            flags: translated,
            quotes: ['an officer of the agency shot somebody, and within minutes the agency pointed at the police'],
          }),
        ),
        {
          kind: 'dispute_claim',
          ref: 'd2',
          claim: '@c12',
          basis: 'stated',
          by: '@newyork',
          capacity: 'spokesperson',
          grounds: 'City Hall answers that the agency’s own officer shot somebody and that the agency then pointed at the police.',
          counterClaim: '@c14',
          citations: [cite(brooklynNote.ref, 'City Hall answers the agency through its spokeswoman')],
        },
      ],
      review: [approve('reviewer2', 'Stated by the city itself. The garbled words are marked as such in the note.')],
      ends: 'applied',
    },
    {
      name: 'negation',
      author: 'contributor2',
      rationale: 'The sentence with two negations, read a second time.',
      changes: [
        {
          kind: 'correct_claim',
          claim: '@c13',
          set: {
            stance: 'asserts',
            statement: 'The report says that the man’s life is not thought to be in danger.',
            flags: translated,
          },
          carry: [],
          reason: 'One of the two negations is a slip of the machine translation. The flag goes, and the claim counts.',
          citations: [
            cite(brooklynNote.ref, 'Of the injuries the report says something with two negations in it'),
            cite(brooklynSecondNote.ref, 'his life is not thought to be in danger'),
          ],
        },
      ],
      review: [approve('reviewer', 'Both notes lie side by side; the second reading is the one that makes sense.')],
      ends: 'applied',
    },
  ],
};
