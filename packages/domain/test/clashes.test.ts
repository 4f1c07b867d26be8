import t from 'tap';
import { bool, type ClaimWords, none, number, state, term, text, time, who } from './given.ts';

t.test('clashes between two voices', async (t) => {
  const between = (aspect: string, one: Partial<ClaimWords>, other: Partial<ClaimWords>, about: string | undefined = 'driver') =>
    state(aspect, { by: 'bureau', ...one, ...(about && { about }) }, { by: 'city', ...other, ...(about && { about }) });
  const clash = (aspect: string, one: ClaimWords['value'], other: ClaimWords['value']) => between(aspect, { value: one }, { value: other });

  t.test('booleans that differ; a denied "true" is false', async (t) => {
    t.equal(clash('death', bool(true), bool(false)), 'disputed');
    t.equal(between('death', { value: bool(true) }, { value: bool(true), stance: 'denies' }), 'disputed');
    t.equal(between('death', { value: bool(false) }, { value: bool(true), stance: 'denies' }), 'agreed');
  });
  t.test('quantities of one unit whose ranges do not meet; "about" never clashes', async (t) => {
    t.equal(clash('shots_fired', number('2'), number('3')), 'disputed');
    t.equal(clash('shots_fired', number('2', 'at_least'), number('1')), 'disputed');
    t.equal(clash('shots_fired', number('2', 'less_than'), number('2')), 'disputed');
    t.equal(clash('shots_fired', number('2', 'more_than'), number('2', 'at_most')), 'disputed');
    t.equal(clash('shots_fired', number('2', 'at_least'), number('2', 'at_most')), 'agreed');
    t.equal(clash('shots_fired', number('2', 'range', 'shot', '4'), number('5', 'less_than')), 'agreed');
    t.equal(clash('shots_fired', number('2', 'range', 'shot', '4'), number('4', 'more_than')), 'disputed');
    t.equal(clash('shots_fired', number('2', 'about'), number('30')), 'single_account');
    t.equal(clash('shots_fired', number('2', 'about'), number('2')), 'agreed');
    t.equal(clash('shots_fired', number('2'), number('3', 'exact', 'count')), 'single_account', 'units are not converted');
    t.equal(clash('shots_fired', number('3'), number('3', 'exact', 'count')), 'single_account');
    t.equal(
      clash('shots_fired', number('100000000000000.1'), number('100000000000000.100001')),
      'disputed',
      'decimals are compared exactly',
    );
    t.equal(clash('shots_fired', number('-1'), number('-1.000')), 'agreed');
  });
  t.test('times that do not overlap', async (t) => {
    t.equal(clash('time', time('2026-01-14'), time('2026-01-15')), 'disputed');
    t.equal(clash('time', time('2026-01'), time('2026-01-15')), 'agreed');
    t.equal(clash('time', time('2026-01-14T18:50'), time('2026-01-14')), 'agreed');
    t.equal(clash('time', time('2026-01-14T18:50'), time('2026-01-14T18:51')), 'disputed');
    t.equal(clash('time', time('18:50'), time('2026-01-14T18:50')), 'agreed');
    t.equal(clash('time', time('18:50'), time('2026-01-14')), 'single_account', 'a day and a time of day are no one value');
    t.equal(clash('time', time('[2026-01-14,2026-01-16]'), time('2026-01-16')), 'agreed', 'one of two days');
    t.equal(clash('time', time('[2026-01-14,2026-01-16]'), time('2026-01-15')), 'disputed', 'and none between them');
    t.equal(clash('time', time('[2026-01-14..2026-01-16]'), time('2026-01-15')), 'agreed');
    t.equal(clash('time', time('18:00/20:00'), time('18:50')), 'agreed', 'a span of hours');
    t.equal(clash('time', time('18:00/20:00'), time('20:01')), 'disputed');
    t.equal(clash('time', time('23:00/02:00'), time('01:30')), 'agreed', 'over midnight');
    t.equal(clash('time', time('23:00/02:00'), time('12:00')), 'disputed');
    t.equal(clash('time', time('2026-01-14T23:00/2026-01-15T02:00'), time('2026-01-15T01:30')), 'agreed');
    t.equal(clash('time', time('2026-01-14T23:00/2026-01-15T02:00'), time('2026-01-14T01:30')), 'disputed');
    t.equal(clash('time', time('../2026-01-13'), time('2026-01-14')), 'disputed');
    t.equal(clash('time', time('2026-01-10/..'), time('2026-01-14')), 'agreed');
    t.equal(clash('time', time('2026-01-10/'), time('2026-01-09')), 'disputed');
    t.equal(
      clash('time', time('18:50', true), time('19:00')),
      'single_account',
      'an approximate time says nothing of how far off it may be',
    );
    t.equal(clash('time', time('2026-01-14~'), time('2026-01-15')), 'single_account');
  });
  t.test('parties that differ and are neither ancestors of one another', async (t) => {
    t.equal(clash('shooter', who('bureau'), who('city')), 'disputed');
    t.equal(clash('shooter', who('bureau'), who('otherBureau')), 'disputed');
    t.equal(clash('shooter', who('office'), who('department')), 'agreed');
    t.equal(clash('shooter', who('snake'), who('tail')), 'agreed');
    t.equal(clash('investigation', who('bureau'), who('city')), 'single_account', 'several may investigate');
  });
  t.test('terms only where they are listed as opposites', async (t) => {
    t.equal(clash('discharge', term('intended'), term('unintended')), 'disputed');
    t.equal(clash('operation_type', term('raid'), term('arrest')), 'single_account');
  });
  t.test('none, and a value: also where several values can be true, and where the value is a text', async (t) => {
    t.equal(clash('weapon', none, term('tool')), 'disputed');
    t.equal(clash('force_technique', none, text('baton')), 'disputed');
    t.equal(clash('death_cause', none, none), 'agreed');
    t.equal(between('weapon', { value: none }, { value: term('tool'), stance: 'denies' }), 'single_account', 'nothing, and not this');
    t.equal(between('weapon', { value: none, stance: 'denies' }, { value: term('tool') }), 'single_account');
    t.equal(between('weapon', { value: none, stance: 'denies' }, { value: none }), 'disputed');
  });
  t.test('none is 0 of what is counted, and false of what is so or not', async (t) => {
    const zero = number('0');
    for (const value of [
      zero,
      number('0.0'),
      number('2', 'at_most'),
      number('3', 'less_than'),
      number('0', 'range', 'shot', '2'),
      number('0', 'about'),
      number('0', 'at_least'),
    ])
      t.equal(clash('shots_fired', value, none), 'agreed', JSON.stringify(value));
    for (const value of [number('1'), number('0', 'more_than'), number('1', 'range', 'shot', '2'), number('3', 'about')])
      t.equal(clash('shots_fired', none, value), 'disputed', JSON.stringify(value));
    t.equal(clash('death_count', number('0', 'exact', 'person'), none), 'agreed');
    for (const aspect of ['death', 'hit_by_gunfire']) {
      t.equal(clash(aspect, none, bool(false)), 'agreed');
      t.equal(clash(aspect, bool(true), none), 'disputed');
    }
    t.equal(between('death', { value: none }, { value: bool(true), stance: 'denies' }), 'agreed', 'a denied "true" is false');
    t.equal(between('death', { value: none, stance: 'denies' }, { value: bool(true) }), 'agreed');
    t.equal(between('death', { value: none, stance: 'denies' }, { value: bool(false) }), 'disputed');
    t.equal(between('death', { value: none, stance: 'denies' }, { value: bool(true), stance: 'denies' }), 'disputed');
    t.equal(between('shots_fired', { value: none }, { value: zero, stance: 'denies' }), 'disputed');
    t.equal(between('shots_fired', { value: zero }, { value: none, stance: 'denies' }), 'disputed');
    t.equal(between('shots_fired', { value: number('2') }, { value: none, stance: 'denies' }), 'single_account');
    t.equal(
      between('shots_fired', { value: none, stance: 'denies' }, { value: zero, stance: 'denies' }),
      'agreed',
      'two denials of one value',
    );
    t.equal(clash('time', time('2026-01-14'), none), 'disputed', 'a time is not counted');
  });
  t.test('one denies the value of the other: also where several values can be true', async (t) => {
    t.equal(between('injury', { value: term('leg') }, { value: term('leg'), stance: 'denies' }), 'disputed');
    t.equal(between('injury', { value: term('leg') }, { value: term('head'), stance: 'denies' }), 'single_account');
    t.equal(between('shooter', { value: who('office') }, { value: who('bureau'), stance: 'denies' }), 'disputed', 'a part is of the whole');
    t.equal(
      between('shooter', { value: who('department') }, { value: who('office'), stance: 'denies' }),
      'single_account',
      'another part may be meant',
    );
    t.equal(between('shots_fired', { value: number('3') }, { value: number('2', 'at_least'), stance: 'denies' }), 'disputed');
    t.equal(between('shots_fired', { value: number('2', 'at_least') }, { value: number('3'), stance: 'denies' }), 'single_account');
    t.equal(between('shots_fired', { value: number('3', 'about') }, { value: number('3', 'about'), stance: 'denies' }), 'disputed');
    t.equal(between('shots_fired', { value: number('3') }, { value: number('3', 'about'), stance: 'denies' }), 'single_account');
    t.equal(between('shots_fired', { value: number('3') }, { value: number('3', 'exact', 'count'), stance: 'denies' }), 'single_account');
    t.equal(between('shooter', { value: who('office'), stance: 'denies' }, { value: who('bureau'), stance: 'denies' }), 'single_account');
    t.equal(between('time', { value: time('2026-01-14T18:50') }, { value: time('2026-01-14'), stance: 'denies' }), 'disputed');
    t.equal(between('time', { value: time('2026-01-14') }, { value: time('2026-01-14T18:50'), stance: 'denies' }), 'single_account');
    t.equal(between('injury', { value: term('leg'), stance: 'denies' }, { value: term('leg'), stance: 'denies' }), 'agreed');
    t.equal(
      between('shots_fired', { value: number('3'), stance: 'denies' }, { value: number('2', 'at_least'), stance: 'denies' }),
      'single_account',
    );
  });
  t.test('what changes with time clashes only at the same stated validAt', async (t) => {
    const at = (one: string | null, other: string | null) =>
      between('hospitalised', { value: bool(true), validAt: one }, { value: bool(false), validAt: other });
    t.equal(at('2026-01-14', '2026-01-14'), 'disputed');
    t.equal(at('2026-01-14', '2026-01-15'), 'single_account');
    t.equal(at(null, null), 'single_account');
    t.equal(at('2026-01-14', null), 'single_account');
    const third = { by: 'ministry', about: 'driver', value: bool(false), validAt: '2026-01-15' };
    const first = { by: 'bureau', about: 'driver', value: bool(true) };
    t.equal(
      state('hospitalised', { ...first, validAt: '2026-01-14' }, { ...first, by: 'city', validAt: '2026-01-15' }, third),
      'disputed',
      'each time is looked at',
    );
    const denied = (validAt: string | null) =>
      between('custody', { value: term('detained'), validAt }, { value: term('detained'), stance: 'denies', validAt });
    t.same([denied('2026-01-14'), denied(null)], ['disputed', 'single_account']);
    const agree = (one: string | null, other: string | null) =>
      between('hospitalised', { value: bool(true), validAt: one }, { value: bool(true), validAt: other });
    t.same(
      [agree('2026-01', '2026-01-14'), agree(null, '2026-01-14'), agree('2026-01-14', '2026-02')],
      ['agreed', 'agreed', 'single_account'],
    );
    t.same(
      [
        at('2026-01-14T10:00', '2026-01-14T10:00'),
        at('2026-01-14T10:00', '2026-01-14T18:00'),
        at('2026-01-14T10:00-06:00', '2026-01-14T16:00Z'),
      ],
      ['disputed', 'single_account', 'disputed'],
      'to the minute, however it is written',
    );
    t.same(
      [
        agree('2026-01-14T10:00', '2026-01-14'),
        agree('2026-01-14T10:00', '2026-01-14T18:00'),
        agree('2026-01-14T10:00/18:00', '2026-01-14T18:00'),
        agree('2026-01-14T10:00', '2026-01-14T18:00Z'),
        agree('2026-01-14T10:00', '2026-01-16T18:00Z'),
      ],
      ['agreed', 'single_account', 'agreed', 'agreed', 'single_account'],
    );
  });
  t.test('kinds never clash with one another', async (t) => {
    t.equal(clash('part_of', text('a series'), { kind: 'incident', value: 'incident_00000000000000000000000000' }), 'single_account');
  });
});
