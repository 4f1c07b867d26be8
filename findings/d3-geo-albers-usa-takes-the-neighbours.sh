#!/usr/bin/env bash
# d3-geo 3.1.2, with us-atlas 3.0.1, Node 20 to 26.
#
# `geoAlbersUsa` answers null for a place that it does not show, so null is what people ask for in order to know whether a point belongs on a map of the United
# States. But each of its three parts is a rectangle on the paper, and the one of the lower 48 states holds Toronto, Tijuana, Monterrey and Nassau
# as well: they get a point, beside the outline, where nothing is drawn. San Juan, which is in the United States, gets null. Whether a place belongs on the
# map has to be asked otherwise, by its country, or by `geoContains` with the outline that is drawn.
#
# Seen:
#   Chicago: on the outline, a point
#   Toronto: beside it, a point
#   Tijuana: beside it, a point
#   Monterrey: beside it, a point
#   Nassau: beside it, a point
#   Havana: beside it, null
#   San Juan: beside it, null
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit --save-exact d3-geo@3.1.2 topojson-client@3.1.0 us-atlas@3.0.1

cat >try.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { geoAlbersUsa, geoContains } from 'd3-geo';
import { feature } from 'topojson-client';

const atlas = JSON.parse(readFileSync('node_modules/us-atlas/states-10m.json', 'utf8'));
const [outline] = feature(atlas, atlas.objects.nation).features;
const project = geoAlbersUsa().scale(1300).translate([487.5, 305]);
const places = {
  Chicago: [-87.65, 41.85],
  Toronto: [-79.38, 43.65],
  Tijuana: [-117.04, 32.53],
  Monterrey: [-100.32, 25.67],
  Nassau: [-77.35, 25.06],
  Havana: [-82.37, 23.11],
  'San Juan': [-66.11, 18.47],
};
for (const [name, at] of Object.entries(places))
  console.log(`${name}: ${geoContains(outline, at) ? 'on the outline' : 'beside it'}, ${project(at) === null ? 'null' : 'a point'}`);
JS

diff - <(node try.mjs) <<'SEEN'
Chicago: on the outline, a point
Toronto: beside it, a point
Tijuana: beside it, a point
Monterrey: beside it, a point
Nassau: beside it, a point
Havana: beside it, null
San Juan: beside it, null
SEEN
echo 'as stated: geoAlbersUsa of d3-geo 3.1.2 gives neighbours of the United States a point'
