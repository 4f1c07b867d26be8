import { createHash } from 'node:crypto';
import t from 'tap';
import { caseNumber, isText, normalCaseNumber, tagCases } from '../src/index.ts';

/**
 * Case numbers as courts publish them, with where the form is described or used. The numbers themselves are made up in that form, but for those that the first
 * rows have from the source itself.
 */
const published: [form: string, source: string, ...numbers: string[]][] = [
  [
    'United States, district courts (CM/ECF): office, year, type, number, initials, defendant',
    'github.com/freelawproject/juriscraper/issues/1101',
    '1:01-cv-00570-PCH',
    '2:20-mc-00021-JES-M_M',
    '2:20-mc-00021-JES-g_g',
    '3:20-cv-00021-GFVT-EBA',
    '2:20-sw-00156-tmp',
    '1:20-mj-00061-N-1',
    '2:16-a2-27244-CMR',
    '3:21-~gr-00001',
    '1:21-2255-00001',
    '1:21-MDL-00001',
    '4:20-mj-00061-N/A',
    '4:20-cv-00061-CKJ-PSOT',
  ],
  ['… types of up to five letters', 'github.com/freelawproject/juriscraper/pull/1472', '4:25-crcor-00029'],
  ['… Eastern District of California', 'law.justia.com/cases/federal/district-courts/california/caedce', '1:20-cv-01090-EPG (PC)'],
  ['… the same, other judges', 'ecases.us/case/caed', '2:20-CV-1573-WBS-DMC-P', '2:20-cv-0978 DB P'],
  ['… Southern District of California', 'casd.uscourts.gov, Location of case files', '97cv0001-H(CM)', '97mj0001'],
  ['… Southern District of New York', 'nysd.uscourts.gov/node/883', '01 Civ. 2345 (CM)'],
  ['… District of Columbia', 'juriscraper, dcd', 'Criminal No. 1982-0307'],
  ['… bankruptcy', 'azb.uscourts.gov/node/130, pamb.uscourts.gov', '2:10-bk-38052-ABC', '20-BK-12345', '20-AP-01234', '02-00017-LMK'],
  ['… adversary proceedings', 'hib.uscourts.gov/adversary-proceedings', 'Adv. Pro. No. 20-90012'],
  ['United States, Supreme Court', 'juriscraper, scotus; order lists', 'No. 14-1490', '22M77', '22O141', '13A1003 (13-854)'],
  ['… courts of appeals', 'juriscraper, ca2, ca9, bap1', '25-869-cv', '22-35000', 'BAP No. EB 23-004', '20-1234 (L), 20-1240 (Con)'],
  [
    '… of the armed forces, for veterans, of claims, tax',
    'juriscraper, armfor, bva, uscfc, tax',
    '22-0282/AR',
    '250716-566207',
    '23-2126V',
    '8015-21S',
  ],
  ['… Merit Systems Protection Board', 'juriscraper, mspb', 'DE-0752-15-0169-I-1'],
  ['… immigration', 'learfieldcreative.typepad.com/mobar (EOIR, 2008)', 'A012-345-678', 'A 12 345 678'],
  ['Alabama', 'juriscraper, ala; AlaFile', 'SC-2024-0222', 'CV-2019-900123.00', 'CC-2019-001234.60'],
  ['Alaska, Arizona', 'juriscraper, alaska, arizctapp', 'S-19249', '3AN-19-01234 CR', '1 CA-CV 24-0315 FC', '2 CA-CR 2013-0296'],
  ['California', 'juriscraper, cal; rulings.law', 'S275940', 'F084700M', '19SMCV00123', '19STCV12345', 'CGC-19-571234'],
  ['Colorado, Connecticut, Delaware', 'juriscraper', '22SC712', 'AC45482', '364, 2024', 'C.A. No. 2024-1349-SEM', 'CPU4-25-001289'],
  ['Florida (uniform case number)', 'hornsby.com, pinellasclerk.org', '48-2009-CF-000001-OAXXXX', '522003CA000001', '1D2025-3176'],
  [
    'Georgia, Guam, Hawaii',
    'juriscraper; courts.ehawaii.gov',
    'A14A1744',
    'CRA24-004',
    'SCMF-12-0000538',
    'CAAP-17-0000731',
    '1CC171000409',
  ],
  ['Illinois, Indiana, Iowa', 'juriscraper', '4-19-0091', '24A-PL-02458', '49D01-1901-F1-000123', '16-0775'],
  ['Kentucky, Louisiana, Maine', 'juriscraper', '2024-SC-0027', '55,974-CA', 'KA-0025-0535', 'CUMbcd-cv-22-66'],
  ['Maryland, Massachusetts', 'juriscraper', '33ag/15', '0845/13', 'SJC 13736', '2481CR00395', 'MISC 16-000489'],
  ['Minnesota, Mississippi, Montana', 'juriscraper', '27-CR-20-12646', 'A22-0316', '2024-CA-00320-COA', 'DA 17-0645'],
  ['New Jersey, North Carolina', 'juriscraper', 'A-0918-22', '000166-2020 and 007681-2020', '140A24', '25-CVS-16426'],
  [
    'New York',
    'juriscraper, nyappdiv; criminaljustice.ny.gov/stdpractices/jud4b.htm',
    'Index No. 123456/2019',
    'Ind. No. 70861/21|Appeal No. 6183|Case No. 2024-00551',
    '2025-986 K C',
    '118 CA 25-00696',
  ],
  ['Ohio, Pennsylvania, Puerto Rico', 'juriscraper', '20AP-322 & 20AP-324', '29 MAP 2025', '526 C.D. 2023', 'KLCE202201108'],
  ['Tennessee, Texas', 'juriscraper', 'E2022-00322-SC-R11-CV', 'WR-95,476-01', '13-22-00287-CV', 'CR-1234-19-G'],
  ['Vermont, Virgin Islands, Washington', 'juriscraper', '678-10-02 wncv', 'SX-2018-PB-00007', '103,339-7', '19-2-01234-1 SEA'],
  [
    'England and Wales, United Kingdom (neutral)',
    'bailii.org; iclr.co.uk',
    '[2023] UKSC 12',
    '[2021] EWHC 3219 (Admin)',
    '[2014] EWCA Civ 1394',
  ],
  ['… claims', 'bailii.org', 'CO/4200/2019', 'AC-2003-LON-001270'],
  ['Canada', 'lawfoundation.org.nz 8.3.3; decisions.fct-cf.gc.ca', '2021 ONSC 1234', '2021 FC 1173', 'T-1405-20', 'CV-21-00012345-0000'],
  ['European Union', 'bo-ecli.eu; e-justice.europa.eu', 'ECLI:NL:HR:2015:472', 'ECLI:DE:BGH:2019:110719B1STR253.19.0', 'C-131/12 P'],
  ['European Court of Human Rights', 'bailii.org', 'no. 12345/67', 'Applications nos. 12345/67 and 23456/78'],
  ['Germany, France', 'ra.de; courdecassation.fr', '1 StR 253/19', '2 BvR 2874/10', 'n° 19-12.345'],
  ['Brazil (CNJ)', 'cia.tjmt.jus.br; Resolução CNJ 65/2008', '0000002-65.2005.4.05.8100'],
  [
    'China, Israel, Japan',
    'wenshu.court.gov.cn; court.gov.il; courts.go.jp',
    '（2023）最高法民终123号',
    'ת"פ 1234-05-20',
    '令和4(受)第1234号',
  ],
];

t.test('every published form of a case number is taken as it is written', async (t) => {
  for (const [form, source, ...numbers] of published) {
    for (const number of numbers) t.equal(caseNumber.safeParse(number).data, number.normalize('NFC'), `${form} (${source}): ${number}`);
  }
  t.ok(isText(caseNumber), 'as a text, since some name people');
});

t.test('what is no number in one line is refused, with what to do', async (t) => {
  const refused = (value: string) =>
    caseNumber
      .safeParse(value)
      .error?.issues.map(({ message }) => message)
      .join('; ');
  for (const none of ['unknown', 'under seal', 'N/A', '—'])
    t.match(refused(none), /must hold a digit: leave out a number that is not known/);
  t.match(refused('3:20-cv-00021\n3:20-cv-00022'), /one line/);
  t.match(refused(`1${'0'.repeat(200)}`), /at most 200 characters/);
  for (const hidden of ['20-cv-21\u0000', '20-cv-\u202e21', '20-\u200bcv-21'])
    t.match(refused(hidden), /must not hold/, JSON.stringify(hidden));
});

const same: string[][] = [
  // Spacing, case, leading zeros, signs between.
  ['SCMF-12-0000538', 'scmf 12 538', 'SCMF–12–0000538'],
  ['19SMCV00123', '19-SMCV-00123', '19 SMCV 123'],
  ['[2023] UKSC 12', '(2023) UKSC 12', '2023 uksc 12'],
  ['（2023）最高法民终123号', '(2023)最高法民终123号'],
  // Words that say no more than that it is a number.
  ['14-1490', 'No. 14-1490', 'Case No. 14-1490', '№ 14-1490', 'Docket #14-1490', 'Case: 14-1490', 'NO. 14-1490'],
  ['123456/2019', 'Index No. 123456/2019'],
  // The office's colon, initials of judges, and what kind of plaintiff it is.
  ['3:20-cv-00021', '3:20-cv-00021-GFVT-EBA', '3:20-CV-21', '3-20-cv-00021', '3:20-cv-21 GFVT', 'Civil Action No. 3:20-cv-00021-GFVT'],
  ['2:20-mc-00021', '2:20-mc-00021-JES-M_M', '2:20-mc-00021-JES-g_g'],
  ['1:19-cv-00968', '1:19-cv-00968-BAM (PC)', '1:19-cv-00968-AWI-BAM (PC)', '1:19-cv-0968 BAM P'],
  ['4:20-mj-00061', '4:20-mj-00061-N/A', '4:20-mj-00061-CKJ-PSOT'],
  ['01 Cr. 330 (AJN)', '01-cr-330', '01cr00330'],
  ['1:21-2255-00001', '1:21-2255-1'],
];
/** No two are the same case, or nothing says that they are. */
const apart: string[][] = [
  // Type, office, year, number.
  ['3:20-cv-21', '3:20-cr-21', '5:20-cv-21', '3:21-cv-21', '3:20-cv-22', '20-cv-21'],
  // In a number, digits that stand apart are not those that stand together.
  ['1-10', '110', '11-0'],
  // Defendants of one case, who may be tried apart.
  ['3:20-cr-00070-TKW', '3:20-cr-00070-TKW-1', '3:20-cr-00070-TKW-2'],
  ['19-CR-0123-A', '19-CR-0123-B', '19-CR-0123'],
  ['48-2009-CF-000001-AXXX', '48-2009-CF-000001-BXXX'],
  // Registers that count apart.
  ['Civil No. 14-149', 'Criminal No. 14-149', '14-149'],
  ['[2003] EWHC 12 (Ch)', '[2003] EWHC 12 (Admin)'],
  ['3AN-19-01234 CR', '3AN-19-01234 CI'],
  ['CC-2019-001234.00', 'CC-2019-001234.60'],
  // Several numbers are not the first of them.
  ['20-1234', '20-1234, 20-1240'],
];

t.test('spellings of one number have one normal form, and different numbers do not', async (t) => {
  for (const spellings of same) {
    const [first, ...others] = spellings.map(normalCaseNumber);
    for (const [index, other] of others.entries()) t.equal(other, first, `${spellings[0]} and ${spellings[index + 1]}`);
  }
  for (const numbers of apart) t.equal(new Set(numbers.map(normalCaseNumber)).size, numbers.length, numbers.join(' | '));
  const all = published.flatMap(([, , ...numbers]) => numbers);
  for (const number of all) t.equal(normalCaseNumber(normalCaseNumber(number)), normalCaseNumber(number), `of ${number}, a fixed point`);
});

t.test('a tag is stored for ever: it follows from the number and the key, and cannot be told without the key', async (t) => {
  const tagCase = tagCases(Buffer.alloc(32, 1));
  t.equal(normalCaseNumber('Case No. 3:20-cv-00021-GFVT-EBA'), '3-20-cv-21');
  t.equal(tagCase('Case No. 3:20-cv-00021-GFVT-EBA'), 'e949FprF8e26YUPDvjpGQ4C5T3tD_ARDaNvHzmM5cik');
  t.not(tagCases(Buffer.alloc(32, 2))('3:20-cv-21'), tagCase('3:20-cv-21'));
  t.not(createHash('sha256').update('3-20-cv-21').digest('base64url'), tagCase('3:20-cv-21'));
});
