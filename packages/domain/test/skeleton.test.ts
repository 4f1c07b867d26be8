import t from 'tap';
import { skeletonOf } from '../src/index.ts';

t.test('names that look alike have one skeleton', async (t) => {
  const alike = [
    ['Fairville Police Department', 'Fairville Pоlice Department', 'Fairville Ρolice Department', 'Fаirvillе Роliсе Dераrtmеnt'],
    ['Fairville Police', 'Fairville  Police', ' Fairville Police', 'Fairville\u00a0Police', 'Fairville Police\u2003'],
    ['paypal', '𝔭𝒶ỿ𝕡𝕒ℓ', 'раураl'],
    ['modern', 'rnodern'],
    ['Police 10', 'Police lO'],
    ['Zürich', 'Zu\u0308rich'],
    ['Police', 'Po\u200blice', 'Po\u00adlice'],
    ['ВВС', 'BBC'],
    ['Fairville Police', 'Ｆairville Police', 'Fairville Ｐｏｌｉｃｅ', 'Fairvillₑ Police', '\u{1ccdb}airville Police', 'Fairville Poⓛice'],
    // UTS 39, 4: drawn from left to right both are the same.
    ['A1<שׂ', 'Αשֺ>1'],
  ];
  for (const [first = '', ...others] of alike)
    for (const other of others) t.equal(skeletonOf(other), skeletonOf(first), `${first}: ${other}`);
});

t.test('names that differ to the eye do not', async (t) => {
  for (const [one = '', other = ''] of [
    ['Fairville Police', 'Fairville police'],
    ['Fairville Police', 'Fairville Polices'],
    ['Fairville Police', 'FairvillePolice'],
    ['Zürich', 'Zurich'],
    ['שלום', 'םולש'],
  ])
    t.not(skeletonOf(one), skeletonOf(other), `${one}: ${other}`);
});

t.test('a skeleton is made of any text, and of a skeleton it is itself', async (t) => {
  for (const name of ['Fairville Pоlice', '\u3316'.repeat(300), 'm'.repeat(300), '\u{1e900}', ''])
    t.equal(skeletonOf(skeletonOf(name)), skeletonOf(name), name.slice(0, 20));
  t.type(skeletonOf('\ufdfa'.repeat(300)), 'string');
});
