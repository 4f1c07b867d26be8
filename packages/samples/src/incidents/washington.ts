import { approve, cite, claimsFrom, none, note, openProceeding, party, report, term, text, type Voice, yes } from '../compose.ts';
import type { Sample } from '../shapes.ts';

/** Shows a proceeding with an update, and a ruling: a claim that a court did not find established. */

export const washingtonNote = note('washingtonnote', 'Case note on shots at a vehicle in Washington', [
  'This note rests on a passage of a report on another incident, which dates this one no closer than lately.',
  'The report, in its own words: a driver was stopped over a breach of the traffic rules. He carried no weapon. An officer of Homeland Security Investigations shot at the vehicle. The driver came to no harm from the shots.',
  'The driver was charged: the authorities hold that he fled. A judge found too little evidence for an attempt to escape. For that reason the judge ended the case. The report names neither the judge nor the court, and gives no date.',
  'His lawyers hold that the police department of the District sought to hide what happened. For this they rely on a police officer who, as they tell it, owned that he had been told to leave the shooting out of a report. Nobody is quoted for the department.',
  'That police department looks into the incident. The U.S. Attorney for the District is to review the matter as well, on her own.',
]);

const claim = claimsFrom(washingtonNote.ref);
const outlet = report('@phoenixreport');
const authorities: Voice = { speaker: '@dcauthorities', capacity: 'official', via: ['@phoenixreport'], rendering: 'paraphrase' };
const lawyers: Voice = {
  speaker: '@dclawyers',
  capacity: 'lawyer',
  onBehalfOf: '@dcdriver',
  via: ['@phoenixreport'],
  rendering: 'paraphrase',
};
const citedOfficer: Voice = { speaker: '@dcofficer', capacity: 'official', via: ['@dclawyers', '@phoenixreport'], rendering: 'paraphrase' };
const evidence = cite(washingtonNote.ref, 'A judge found too little evidence for an attempt to escape');
const ended = cite(washingtonNote.ref, 'For that reason the judge ended the case');

export const washington: Sample = {
  name: 'washington',
  author: 'contributor',
  proposal: {
    title: 'Homeland Security Investigations officer fires at a vehicle in Washington',
    occurred: { date: null, dateText: 'recently', time: null, approximate: false, timeZone: 'America/New_York' },
    place: { text: 'Washington, D.C.', locality: 'Washington', region: 'US-DC', country: 'US', point: null, precision: 'locality' },
    agencies: ['@hsi'],
    claims: [
      claim({
        ref: 'c1',
        by: outlet,
        aspect: 'operation_type',
        value: term('traffic_stop'),
        statement: 'The report says that the driver was stopped for a breach of traffic rules.',
        quotes: ['a driver was stopped over a breach of the traffic rules'],
      }),
      claim({
        ref: 'c2',
        by: outlet,
        aspect: 'weapon',
        about: '@dcdriver',
        value: none,
        statement: 'The report says that the driver was unarmed.',
        quotes: ['He carried no weapon'],
      }),
      claim({
        ref: 'c3',
        by: outlet,
        aspect: 'shooter',
        value: party('@hsi'),
        statement: 'The report says that an officer of Homeland Security Investigations fired.',
        quotes: ['An officer of Homeland Security Investigations shot at the vehicle'],
      }),
      claim({
        ref: 'c4',
        by: outlet,
        aspect: 'fired_at',
        value: term('vehicle'),
        statement: 'The report says that the officer fired at the vehicle.',
        quotes: ['shot at the vehicle'],
      }),
      claim({
        ref: 'c5',
        by: outlet,
        aspect: 'injury',
        about: '@dcdriver',
        value: none,
        statement: 'The report says that the driver was not injured.',
        quotes: ['The driver came to no harm from the shots'],
      }),
      claim({
        ref: 'c6',
        by: authorities,
        aspect: 'fled',
        about: '@dcdriver',
        value: yes,
        stance: 'alleges',
        statement: 'The authorities say, by the charge that the report tells of, that the driver fled.',
        quotes: ['the authorities hold that he fled'],
      }),
      claim({
        ref: 'c7',
        by: outlet,
        aspect: 'charge',
        about: '@dcdriver',
        value: text('fleeing'),
        statement: 'The report says that the driver was charged with fleeing.',
        quotes: ['The driver was charged: the authorities hold that he fled'],
      }),
      claim({
        ref: 'c8',
        by: lawyers,
        aspect: 'concealment',
        about: '@dcpolice',
        value: text('an attempt to hide what happened'),
        stance: 'alleges',
        statement: 'The driver’s lawyers say that the police department tried to hide what happened.',
        quotes: ['the police department of the District sought to hide what happened'],
      }),
      claim({
        ref: 'c9',
        by: citedOfficer,
        aspect: 'concealment',
        about: '@dcpolice',
        value: text('an instruction to leave the shooting out of a report'),
        stance: 'admits',
        statement: 'A police officer, as the lawyers cite him, says that he was told to leave the shooting out of a report.',
        relatesTo: [{ claim: '@c8', as: 'supports' }],
        quotes: ['a police officer who, as they tell it, owned that he had been told to leave the shooting out of a report'],
      }),
      claim({
        ref: 'c10',
        by: outlet,
        aspect: 'investigation',
        value: party('@dcpolice'),
        statement: 'The report says that the police department looks into the incident.',
        quotes: ['That police department looks into the incident'],
      }),
      claim({
        ref: 'c11',
        by: outlet,
        aspect: 'investigation',
        value: party('@usattorney'),
        stance: 'announces',
        statement: 'The report says that the U.S. Attorney will review the matter.',
        quotes: ['The U.S. Attorney for the District is to review the matter as well'],
      }),
    ],
    rationale: 'An older incident that the report on Phoenix mentions, with a charge that did not hold.',
  },
  approval: [approve('reviewer2', 'The allegations are worded as allegations, each with its speaker.')],
  edits: [
    {
      name: 'proceedings',
      author: 'contributor',
      rationale: 'The charge, and the two inquiries, which are against nobody.',
      changes: [
        openProceeding('p1', 'charge', 'Charge of fleeing', cite(washingtonNote.ref, 'The driver was charged'), {
          against: '@dcdriver',
          forum: '@dccourt',
          claims: ['@c6', '@c7'],
        }),
        openProceeding(
          'p2',
          'investigation',
          'Police investigation of the incident',
          cite(washingtonNote.ref, 'That police department looks into the incident'),
          { by: '@dcpolice' },
        ),
        openProceeding(
          'p3',
          'review',
          'Review by the U.S. Attorney',
          cite(washingtonNote.ref, 'The U.S. Attorney for the District is to review the matter as well'),
          { by: '@usattorney', status: 'announced' },
        ),
      ],
      review: [approve('reviewer', 'Three courses of events, each in the note.')],
      ends: 'applied',
    },
    {
      name: 'outcome',
      author: 'contributor2',
      rationale: 'The case is over. What the court found about the charge is for an edit of its own.',
      changes: [
        {
          kind: 'update_proceeding',
          proceeding: '@p1',
          on: null,
          status: 'dismissed',
          note: 'The judge ended the case; the report gives no date.',
          citations: [ended],
        },
      ],
      review: [approve('reviewer', 'The note says that the case ended, and no more than this is recorded here.')],
      ends: 'applied',
    },
    {
      name: 'ruling',
      author: 'contributor',
      rationale: 'What the judge found about the evidence, as the note tells it. The finding is not that the driver stayed.',
      changes: [
        {
          kind: 'record_ruling',
          ref: 'r1',
          court: '@dccourt',
          judge: '@dcjudge',
          decidedOn: null,
          finality: 'final',
          onMotionOf: null,
          standard: null,
          basis: 'report',
          caseNumber: null,
          summary: 'The judge found too little evidence that the driver tried to escape, and ended the case.',
          citations: [evidence, ended],
          effects: [
            { claim: '@c6', effect: 'not_established', citations: [evidence] },
            { proceeding: '@p1', status: 'dismissed' },
          ],
        },
      ],
      review: [
        approve('reviewer', 'Not established is what was found. It does not contradict the claim.'),
        approve('reviewer2', 'Agreed: a lack of evidence, quoted as such.'),
      ],
      ends: 'applied',
    },
  ],
};
