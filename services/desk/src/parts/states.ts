import { createRequire } from 'node:module';
import { geoCentroid } from 'd3-geo';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';

/** The parts of the United States by their ISO 3166-2 codes, each with the number by which the atlas knows it. */
const numbers =
  'AL01 AK02 AZ04 AR05 CA06 CO08 CT09 DE10 DC11 FL12 GA13 HI15 ID16 IL17 IN18 IA19 KS20 KY21 LA22 ME23 MD24 MA25 MI26 MN27 MS28 MO29 MT30 NE31 NV32 NH33 NJ34 NM35 NY36 NC37 ND38 OH39 OK40 OR41 PA42 RI44 SC45 SD46 TN47 TX48 UT49 VT50 VA51 WA53 WV54 WI55 WY56 AS60 GU66 MP69 PR72 VI78';

type State = { name: string; middle: { lat: number; lon: number } };
type Atlas = Topology<{ states: GeometryCollection<{ name: string }> }>;

const read = (): ReadonlyMap<string, State> => {
  const atlas: Atlas = createRequire(import.meta.url)('us-atlas/states-10m.json');
  const drawn = new Map(
    feature(atlas, atlas.objects.states).features.map((state) => {
      const [lon, lat] = geoCentroid(state);
      return [String(state.id), { name: state.properties.name, middle: { lat, lon } }];
    }),
  );
  const found = numbers.split(' ').map((one) => [`US-${one.slice(0, 2)}`, drawn.get(one.slice(2))] as const);
  return new Map(found.flatMap(([code, state]) => (state === undefined ? [] : [[code, state]])));
};

/** The parts of the United States by their codes, as `US-NY`: what each is called, and its middle in degrees (WGS 84). */
export const states = read();
