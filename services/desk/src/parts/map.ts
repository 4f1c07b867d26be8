import { createRequire } from 'node:module';
import { type GeoStream, geoAlbersUsa, geoNaturalEarth1, geoPath, geoTransform } from 'd3-geo';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { type Html, html } from '../html.ts';
import { list, number } from './dates.ts';
import { plainText, safeText } from './text.ts';

/**
 * What happened somewhere: `at` in degrees (WGS 84), null where nobody knows; `abroad` where it is known to lie outside of the United States, whose projection
 * takes neighbours too; `place` in words, `label` and address of the page about it.
 */
export type MapPoint = { at: { lat: number; lon: number } | null; abroad?: boolean; place: string; label: string; href: string };

/** Both maps are so wide, in units of their own. */
const width = 975;

/** How far apart, in units, points of an outline are at least. At the width of a page it looks the same, and its path is a quarter as long. */
const least = 4;

/** Leaves out points of an outline that are hardly apart from the last one. */
const coarse = () => {
  let last: [number, number] | null = null;
  let skipped: [number, number] | null = null;
  return geoTransform({
    lineStart() {
      last = skipped = null;
      this.stream.lineStart();
    },
    point(x, y) {
      if (last !== null && Math.hypot(x - last[0], y - last[1]) < least) {
        skipped = [x, y];
        return;
      }
      last = [x, y];
      skipped = null;
      this.stream.point(x, y);
    },
    lineEnd() {
      if (skipped !== null) this.stream.point(...skipped);
      this.stream.lineEnd();
    },
  });
};

type Atlas = Topology<{ [name: string]: GeometryCollection }>;
const atlas: (file: string) => Atlas = createRequire(import.meta.url);

/** A map: where it has a point, null where that lies outside of it, and its outlines, as SVG paths. */
type Base = { height: number; project: (at: [lon: number, lat: number]) => [number, number] | null; land: string; borders: string };

const baseOf = (
  file: string,
  areas: string,
  whole: string,
  height: number,
  project: Base['project'],
  toPlane?: (to: GeoStream) => GeoStream,
): Base => {
  const topology = atlas(file);
  const outline = geoPath({ stream: (to) => (toPlane ?? ((plane) => plane))(coarse().stream(to)) }).digits(0);
  const [all, parts] = [topology.objects[whole], topology.objects[areas]];
  if (!all || !parts) throw new Error(`${file} has no ${whole} or no ${areas}`);
  return {
    height,
    project,
    land: outline(feature(topology, all)) ?? '',
    borders: outline(mesh(topology, parts, (one, other) => one !== other)) ?? '',
  };
};

/** The projection in which `us-atlas` drew its states: Alaska and Hawaii stand beneath the others. */
const albers = geoAlbersUsa().scale(1300).translate([487.5, 305]);
const unitedStates = baseOf('us-atlas/states-albers-10m.json', 'states', 'nation', 610, albers);

const naturalEarth = geoNaturalEarth1().fitSize([width, 500], { type: 'Sphere' });
const world = baseOf('world-atlas/countries-110m.json', 'countries', 'land', 500, naturalEarth, (to) => naturalEarth.stream(to));

/** Points that would cover one another at the width of a page are one. */
type Spot = { x: number; y: number; points: MapPoint[] };
const near = 24;

const spotsOf = (points: readonly MapPoint[], project: Base['project']): { spots: Spot[]; elsewhere: MapPoint[] } => {
  const spots: Spot[] = [];
  const elsewhere: MapPoint[] = [];
  for (const point of points) {
    const found = point.at && project([point.at.lon, point.at.lat]);
    if (!found) {
      elsewhere.push(point);
      continue;
    }
    const [x, y] = found;
    const spot = spots.find((each) => Math.hypot(each.x - x, each.y - y) < near);
    if (spot) spot.points.push(point);
    else spots.push({ x, y, points: [point] });
  }
  return { spots, elsewhere };
};

const byName = new Intl.Collator('en');
const placesOf = (points: readonly MapPoint[]): string[] => [...new Set(points.map(({ place }) => place))].sort(byName.compare);

/** What happened at one spot of the map, or at one place that is nowhere on it. */
const groupShown = (points: readonly MapPoint[], id?: string): Html =>
  html`<li${id !== undefined && html` id="${id}"`}>${list(placesOf(points).map(safeText))}
<ul>${points.map(({ label, href }) => html`<li><a class="ds-link" href="${href}">${safeText(label)}</a></li>`)}</ul></li>`;

const percent = (part: number, whole: number): string => `${((part / whole) * 100).toFixed(2)}%`;

/** A mark of one size however wide the map is: a finger has to hit it. One of several leads to them in the list. */
const spotShown = ({ x, y, points }: Spot, index: number, { height }: Base, id: string): Html => {
  const [only] = points.length === 1 ? points : [];
  const [cx, cy] = [percent(x, width), percent(y, height)];
  const title = only
    ? `${plainText(only.label)}, ${plainText(only.place)}`
    : `${number(points.length)} incidents: ${placesOf(points).map(plainText).join('; ')}`;
  return html`<a href="${only ? only.href : `#${id}-${index}`}"><title>${title}</title><circle class="map-point" cx="${cx}" cy="${cy}" r="12"/>${!only && html`<text class="map-count" aria-hidden="true" x="${cx}" y="${cy}" dy="0.35em" text-anchor="middle">${number(points.length)}</text>`}</a>`;
};

/**
 * A map with a mark where each of the points lies, and a list of all places beneath it, which says the same. It is of the United States if all points with
 * a place on the globe lie there, else of the world. `id` is the map's own on its page, `label` names it.
 */
export const mapOf = (points: readonly MapPoint[], { id, label }: { id: string; label: string }): Html => {
  const inside = points.every(({ at, abroad }) => at === null || (!abroad && albers([at.lon, at.lat]) !== null));
  const base = inside ? unitedStates : world;
  const { spots, elsewhere } = spotsOf(points, base.project);
  return html`<figure class="map">
<figcaption id="${id}-label">${label}</figcaption>
<svg class="${inside ? 'map-states' : 'map-world'}" role="group" aria-labelledby="${id}-label">
<svg viewBox="0 0 ${width} ${base.height}" aria-hidden="true"><path class="map-land" d="${base.land}"/><path class="map-borders" d="${base.borders}"/></svg>
${spots.map((spot, index) => spotShown(spot, index, base, id))}
</svg>
<ul class="map-places">
${spots.map((spot, index) => groupShown(spot.points, `${id}-${index}`))}
${placesOf(elsewhere).map((place) => groupShown(elsewhere.filter((point) => point.place === place)))}
</ul>
</figure>`;
};
