import t from 'tap';
import { type MapPoint, mapOf } from '../../src/parts/map.ts';

const point = (lat: number, lon: number, place: string, label = 'what happened', href = '/incidents/a'): MapPoint => ({
  at: { lat, lon },
  place,
  label,
  href,
});
const here = [point(44.98, -93.27, 'Minneapolis'), point(34.05, -118.24, 'Los Angeles', 'another', '/incidents/b')];
const drawn = async (points: readonly MapPoint[]): Promise<string> => String(await mapOf(points, { id: 'where', label: 'Where it was' }));
const marks = (markup: string): string[] => markup.match(/<circle/g) ?? [];

t.test('a mark lies where its place is, leads to its page, and the list says the same', async (t) => {
  const markup = await drawn(here);
  t.equal(marks(markup).length, 2);
  // The state capital's neighbour lies right of the middle of the country's width, and in its upper third.
  const [, cx = '', cy = ''] =
    /<a href="\/incidents\/a"><title>what happened, Minneapolis<\/title><circle class="map-point" cx="([\d.]+)%" cy="([\d.]+)%"/.exec(
      markup,
    ) ?? [];
  t.ok(Number(cx) > 50 && Number(cx) < 60, cx);
  t.ok(Number(cy) > 20 && Number(cy) < 33, cy);
  t.match(markup, /<li id="where-1"><bdi>Los Angeles<\/bdi>\s*<ul><li><a class="ds-link" href="\/incidents\/b"><bdi>another<\/bdi>/);
  t.match(markup, 'aria-labelledby="where-label"');
});

t.test('several at one place, or close by, are one mark with their number, which leads to them in the list', async (t) => {
  const markup = await drawn([...here, point(44.95, -93.09, 'Saint Paul', 'a third')]);
  t.equal(marks(markup).length, 2);
  t.match(markup, '<a href="#where-0"><title>2 incidents: Minneapolis; Saint Paul</title>');
  t.match(markup, /<text [^>]*>2<\/text>/);
  t.match(markup, '<li id="where-0"><bdi>Minneapolis</bdi> and <bdi>Saint Paul</bdi>');
});

t.test('one place abroad takes the map of the world', async (t) => {
  t.match(await drawn(here), 'class="map-states"');
  const markup = await drawn([...here, point(-33.87, 151.2, 'Sydney')]);
  t.match(markup, 'class="map-world"');
  t.equal(marks(markup).length, 3);
  // The projection of the states takes it.
  const toronto = point(43.65, -79.38, 'Toronto');
  t.match(await drawn([...here, toronto]), 'class="map-states"');
  t.match(await drawn([...here, { ...toronto, abroad: true }]), 'class="map-world"');
});

t.test('Alaska and Hawaii are on the map of the states', async (t) => {
  const markup = await drawn([point(61.2, -149.9, 'Anchorage'), point(21.3, -157.8, 'Honolulu')]);
  t.match(markup, 'class="map-states"');
  t.equal(marks(markup).length, 2);
});

t.test('a place that nobody can point at is in the list', async (t) => {
  const markup = await drawn([{ at: null, place: 'a road', label: 'x', href: '/incidents/c' }]);
  t.equal(marks(markup).length, 0);
  t.match(markup, '<li><bdi>a road</bdi>');
});

t.test('a map stays small, and hostile words stay words', async (t) => {
  t.ok((await drawn([])).length < 20_000);
  t.ok((await drawn([point(51.5, 0, 'London')])).length < 28_000);
  const markup = await drawn([point(44.98, -93.27, '"><script>\u202e', '<b>', '"><b>')]);
  t.notMatch(markup, /<script|<b>|\u202e/);
  t.notMatch(markup, /style=/);
});
