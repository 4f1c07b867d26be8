import type { Vocabulary } from '@averment/domain';
import type { Kept, PartyItem } from '../../items.ts';
import type { Building, Folded, Group, Rows } from '../../projection.ts';
import type { Version } from '../../versions.ts';
import { groupAbsorbing, tiesIn } from '../absorbed.ts';
import { type Profiled, pairAll, profiledOf, profileRows } from '../candidates/index.ts';
import { foldedRows } from '../folded.ts';
import { collectQuotes } from '../quotes.ts';
import { incidentChangedRows, registerChanged, registerChangedRows } from './changed.ts';
import { partOf, partyVersions, restrictedTexts, type SourceVersion, sourceVersions } from './register.ts';
import { namedBy } from './relevant.ts';
import type { Renderer } from './render.ts';
import { createSpoken } from './spoken.ts';
import { type PublicSince, playUnit, type Unit } from './unit.ts';
import { speakingIn, wholeUnit } from './units.ts';
import { publicRows, registerRows, unitRows } from './write.ts';

const isIncidents = (group: Group): boolean => [...group.keys()].every((stream) => stream.startsWith('incident_'));

/**
 * Builds the model from whole streams. In memory stay, of the whole log, the versions of parties and sources and the places of the quotes; documents do not.
 */
export const buildRecord = ({ render, vocabulary }: { render: Renderer; vocabulary: Vocabulary }): Building => {
  const quotes = collectQuotes();
  const ties: [string, string][] = [];
  const register = { parties: new Map<string, Version<Kept<PartyItem>>[]>(), sources: new Map<string, Version<SourceVersion>[]>() };
  const publicSince: PublicSince = new Map();
  const changed = new Map<string, bigint>();
  let last: bigint | null = null;
  // Made once all parties and sources are there, which are taken first.
  let spokenIn: ReturnType<typeof createSpoken> | null = null;

  const enter = (groups: readonly Group[]): Rows[] => {
    const entered = { parties: new Map<string, Version<Kept<PartyItem>>[]>(), sources: new Map<string, Version<SourceVersion>[]>() };
    for (const [id, events] of groups.flatMap((group) => [...group])) {
      if (id.startsWith('party_')) entered.parties.set(id, partyVersions(events));
      if (id.startsWith('source_')) entered.sources.set(id, sourceVersions(events));
    }
    for (const [id, versions] of entered.parties) register.parties.set(id, versions);
    for (const [id, versions] of entered.sources) register.sources.set(id, versions);
    const streams = groups.flatMap((group) => (isIncidents(group) ? [] : [...group]));
    const enteredChanged = registerChanged(streams);
    for (const [id, position] of enteredChanged) changed.set(id, position);
    return [...registerRows(entered, restrictedTexts(streams)), registerChangedRows(enteredChanged)];
  };

  const play = (taken: Group, folded: Folded): { unit: Unit; profiled: Profiled[] } => {
    const group = groupAbsorbing(taken);
    spokenIn ??= createSpoken(register);
    const spoken = spokenIn(new Map([...group].map(([id, events]) => [id, speakingIn(events)])));
    const named = new Set([...group].flatMap(([id, events]) => [...namedBy(events), ...(spoken.get(id) ?? [])]));
    const own = partOf(register, named);
    const { unit, steps } = wholeUnit(group, own, spoken);
    playUnit(unit, steps, own, render, publicSince);
    for (const { id, state } of unit.members.values()) {
      const events = group.get(id);
      if (events !== undefined) folded.set(events, state);
    }
    const members = [...unit.members.values()].filter(({ rendered }) => rendered !== null);
    return { unit, profiled: members.map((member) => profiledOf(unit, member, own, vocabulary)) };
  };

  return {
    takes: { first: ['party_', 'source_'], after: ['incident_'] },
    pass: (appends) => {
      for (const append of appends) {
        quotes.pass(append);
        last = append.position;
        ties.push(...tiesIn(append.events));
      }
      return [];
    },
    ties: () => ties,
    take: (groups, folded): Rows[] => {
      const entered = enter(groups);
      const played = groups.filter(isIncidents).map((group) => play(group, folded));
      const units = played.map(({ unit }) => unit);
      const rows = [...unitRows(units, quotes.decided().letOut), incidentChangedRows(units, changed)];
      return [...entered, ...rows, ...profileRows(played.flatMap(({ profiled }) => profiled)), foldedRows(groups)];
    },
    rest: () => [
      quotes.decided().rows(),
      publicRows(publicSince),
      // Whoever keeps answers of before looks anew.
      { table: 'newly_named', columns: { position: 'bigint' }, rows: last === null ? [] : [{ position: last }] },
    ],
    finish: pairAll,
  };
};
