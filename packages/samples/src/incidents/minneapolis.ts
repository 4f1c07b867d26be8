import { addClaim, approve, cite, claimsFrom, note, quantity, report, term, text, type Voice, yes } from '../compose.ts';
import type { Change, Sample } from '../shapes.ts';

/** Shows an account that contradicts itself, and an edit that a reviewer sent back and its author mended. */

export const minneapolisNote = note('minneapolisnote', 'Case note on a shot in Minneapolis', [
  'This note sums up one press report of 14 January 2026, a Wednesday. What it says of the attack comes from one department alone. The report’s opening only passes it on, as an allegation: somebody was shot in the leg, it writes, after going at an officer.',
  'The department of homeland security calls it a targeted stop of a driver. He got away in his vehicle, by its account, and ran it into a parked car. Then he went on by foot. When an officer reached him he resisted, says the department, and struck the officer, in the end with a shovel or the stick of a broom.',
  'The department goes on that two people from a building near by joined in, with a snow shovel and a broom. Of attackers it speaks twice. In one place there are two attackers. In another the officer is set upon by three.',
  'One shot was fired, says the department, by an officer who was afraid for his life. It hit the driver in the leg. The driver and the other two are said to have shut themselves in. The driver and the officer are in hospital, and the other two in custody, it adds.',
  'The department blames the governor and the mayor. It puts the rise in assaults on federal officers at 1,300 percent.',
  'The city of Minneapolis states no more than this: there are reports of a shooting in the north of the city, it has heard of them, and it is trying to have them confirmed.',
]);

const claim = claimsFrom(minneapolisNote.ref);
const department: Voice = { speaker: '@dhs', capacity: 'spokesperson', via: ['@minneapolisreport'], rendering: 'paraphrase' };
const city: Voice = { ...department, speaker: '@minneapolis' };
const outlet = report('@minneapolisreport');

const cityOnShots = (stance: string, statement: string): Change =>
  addClaim(
    claim({
      ref: 'c18',
      by: city,
      aspect: 'shots_fired',
      value: quantity('1', 'shot', 'at_least'),
      stance,
      statement,
      quotes: ['there are reports of a shooting in the north of the city, it has heard of them, and it is trying to have them confirmed'],
    }),
  );

export const minneapolis: Sample = {
  name: 'minneapolis',
  author: 'contributor',
  proposal: {
    title: 'Immigration officer shoots a person in Minneapolis',
    occurred: { date: '2026-01-14', dateText: null, time: null, approximate: false, timeZone: 'America/Chicago' },
    place: { text: 'Minneapolis', locality: 'Minneapolis', region: 'US-MN', country: 'US', point: null, precision: 'locality' },
    agencies: ['@ice'],
    claims: [
      claim({
        ref: 'c1',
        by: outlet,
        aspect: 'time',
        value: { kind: 'time', value: '2026-01-14', approximate: false },
        statement: 'The report puts the shot on the Wednesday of its own date.',
        quotes: ['one press report of 14 January 2026, a Wednesday'],
      }),
      claim({
        ref: 'c2',
        by: outlet,
        aspect: 'attacked_officers',
        about: '@mnsubject',
        value: yes,
        stance: 'alleges',
        statement: 'The report passes on that the driver went at an officer.',
        quotes: ['as an allegation: somebody was shot in the leg, it writes, after going at an officer'],
      }),
      claim({
        ref: 'c3',
        by: department,
        aspect: 'operation_type',
        value: term('targeted_stop'),
        statement: 'The department calls it a targeted stop.',
        quotes: ['a targeted stop of a driver'],
      }),
      claim({
        ref: 'c4',
        by: department,
        aspect: 'vehicle_path',
        about: '@mnsubject',
        value: term('hit_object'),
        stance: 'alleges',
        statement: 'The department says that the driver ran his vehicle into a parked car.',
        quotes: ['ran it into a parked car'],
      }),
      claim({
        ref: 'c5',
        by: department,
        aspect: 'fled',
        about: '@mnsubject',
        value: yes,
        stance: 'alleges',
        statement: 'The department says that the driver got away, in his vehicle and then on foot.',
        quotes: ['He got away in his vehicle', 'Then he went on by foot'],
      }),
      claim({
        ref: 'c6',
        by: department,
        aspect: 'resisted',
        about: '@mnsubject',
        value: yes,
        stance: 'alleges',
        statement: 'The department says that the driver resisted.',
        quotes: ['When an officer reached him he resisted'],
      }),
      claim({
        ref: 'c7',
        by: department,
        aspect: 'attacked_officers',
        about: '@mnsubject',
        value: yes,
        stance: 'alleges',
        statement: 'The department says that the driver struck the officer.',
        quotes: ['struck the officer, in the end with a shovel or the stick of a broom'],
      }),
      claim({
        ref: 'c8',
        by: department,
        aspect: 'weapon',
        about: '@mnsubject',
        value: term('tool'),
        stance: 'alleges',
        statement: 'The department says that the driver used a shovel or the stick of a broom.',
        quotes: ['in the end with a shovel or the stick of a broom'],
      }),
      claim({
        ref: 'c9',
        by: department,
        aspect: 'attacked_officers',
        about: '@mnothers',
        value: yes,
        stance: 'alleges',
        statement: 'The department says that two people from a building near by joined in.',
        quotes: ['two people from a building near by joined in'],
      }),
      claim({
        ref: 'c10',
        by: department,
        aspect: 'attacker_count',
        value: quantity('2', 'person'),
        stance: 'alleges',
        statement: 'The department says that there were two attackers.',
        quotes: ['In one place there are two attackers'],
      }),
      claim({
        ref: 'c11',
        by: department,
        aspect: 'attacker_count',
        value: quantity('3', 'person'),
        stance: 'alleges',
        statement: 'The department says that three set upon the officer.',
        quotes: ['In another the officer is set upon by three'],
      }),
      claim({
        ref: 'c12',
        by: department,
        aspect: 'shots_fired',
        value: quantity('1', 'shot'),
        statement: 'The department says that one shot was fired.',
        quotes: ['One shot was fired'],
      }),
      claim({
        ref: 'c13',
        by: department,
        aspect: 'force_justification',
        about: '@mnofficer',
        value: text('fear for his life'),
        statement: 'The department says that the officer was afraid for his life.',
        quotes: ['by an officer who was afraid for his life'],
      }),
      claim({
        ref: 'c14',
        by: department,
        aspect: 'injury',
        about: '@mnsubject',
        value: term('leg'),
        statement: 'The department says that the driver was hit in the leg.',
        quotes: ['It hit the driver in the leg'],
      }),
      claim({
        ref: 'c15',
        by: department,
        aspect: 'custody',
        about: '@mnothers',
        value: term('detained'),
        statement: 'The department says that the two others are in custody.',
        quotes: ['the other two in custody'],
      }),
      claim({
        ref: 'c16',
        by: department,
        aspect: 'cause_attributed',
        about: '@leaders',
        value: text('the governor and the mayor'),
        stance: 'opines',
        statement: 'The department blames the governor and the mayor.',
        quotes: ['The department blames the governor and the mayor'],
      }),
      claim({
        ref: 'c17',
        by: department,
        aspect: 'statistic',
        value: quantity('1300', 'percent_change'),
        statement: 'The department says that assaults on federal officers rose by 1,300 percent.',
        scope: { measure: 'assaults on officers', population: 'federal officers', place: null, period: null, base: null },
        quotes: ['It puts the rise in assaults on federal officers at 1,300 percent'],
      }),
    ],
    rationale: 'One department’s account, relayed by one report.',
  },
  approval: [approve('reviewer2', 'All of it is one voice; the two numbers of attackers both stand.')],
  edits: [
    {
      name: 'city',
      author: 'contributor2',
      rationale: 'The city speaks of the shooting too.',
      changes: [cityOnShots('asserts', 'The city says that there was a shooting.')],
      review: [
        {
          decision: 'request_changes',
          by: 'reviewer',
          reason:
            'The city says that it has heard reports. It vouches for nothing, so this is no assertion: please use the stance cannot_confirm.',
        },
        {
          revise: {
            rationale: 'The city speaks of reports, and does not vouch for them.',
            changes: [cityOnShots('cannot_confirm', 'The city knows of reports of a shooting and has not confirmed them.')],
          },
        },
        approve('reviewer', 'Now it says what the city said, and no more.'),
      ],
      ends: 'applied',
    },
    {
      name: 'hospital',
      author: 'contributor',
      rationale: 'Two details of the department’s account were left out.',
      changes: [
        addClaim(
          claim({
            ref: 'c19',
            by: department,
            aspect: 'hospitalised',
            about: '@mnsubject',
            value: yes,
            statement: 'The department says that the driver is in hospital.',
            quotes: ['The driver and the officer are in hospital'],
          }),
        ),
        addClaim(
          claim({
            ref: 'c20',
            by: department,
            aspect: 'barricaded',
            about: '@mnsubject',
            value: yes,
            stance: 'alleges',
            statement: 'The department says that the driver shut himself in.',
            quotes: ['The driver and the other two are said to have shut themselves in'],
          }),
        ),
        {
          kind: 'add_citation',
          claim: '@c14',
          citations: [cite(minneapolisNote.ref, 'somebody was shot in the leg, it writes')],
        },
      ],
      review: [approve('reviewer2', 'Both are in the note, and the report’s opening repeats the leg.')],
      ends: 'applied',
    },
  ],
};
