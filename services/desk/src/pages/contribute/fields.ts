import { type Html, html } from '../../html.ts';
import { type Choice, choiceField, selectField, textArea, textField, type Wrong } from '../../parts/form.ts';
import { inWords } from '../../vocabulary.ts';
import type { AtHand } from './at-hand.ts';
import { settable } from './kinds.ts';
import { flat, type Leaf, type Spec } from './spec.ts';
import { rowsOf, type State, textAt } from './state.ts';
import * as words from './words.ts';

type Form = { state: State; wrong: Wrong; atHand: AtHand };

/** A button that changes the form and sends nothing yet. The answer is shown from `to` on. */
export const act = (does: string, text: string, to = ''): Html =>
  html`<button class="ds-button" data-variant="secondary" data-size="sm" type="submit" name="act" value="${does}"${to !== '' && html` formaction="#${to}"`}>${text}</button>`;

/** Text in which what stands between backticks is a word of the record. */
const coded = (text: string): (Html | string)[] =>
  text.split('`').map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : piece));

const empties = ['unknown', 'none', 'withheld', 'sealed'] as const;

/** Makes the fields of specs: `fieldsOf(specs, 'c1')` those of the first change. */
export const fieldsOf = ({ state, wrong, atHand }: Form, specs: readonly Spec[], group: string): Html => {
  const text = (name: string) => textAt(state, name);
  const sources: Choice[] = atHand.sources.map(({ id, title, revision }) => ({ value: `${id}@${revision}`, text: title }));
  const updates: Choice[] = (atHand.incident?.proceedings ?? []).flatMap(({ id, title, updates }) =>
    updates.map(({ on, status, revision }) => ({
      value: `${id}@${revision}`,
      text: `${title ?? id}: ${inWords(status)}${on === null ? '' : `, ${on}`}`,
    })),
  );
  const chosen = (choices: readonly Choice[], value: string): readonly Choice[] =>
    value === '' || choices.some((choice) => choice.value === value) ? choices : [...choices, { value, text: value }];

  const leaf = (spec: Leaf, name: string): Html => {
    const value = text(name);
    const field = { name, label: spec.label, value, wrong, ...(spec.help !== undefined && { help: spec.help }) };
    switch (spec.as) {
      case 'area':
        return textArea({ ...field, rows: 3 });
      case 'yes':
        return checkBox(name, spec.label, value !== '');
      case 'truth':
        return selectField({ ...field, choices: yesOrNo, none: spec.none ?? 'Choose yes or no' });
      case 'choice': {
        const choices = typeof spec.choices === 'function' ? spec.choices(atHand.words) : spec.choices;
        return selectField({ ...field, choices: chosen(choices, value), ...(spec.none !== undefined && { none: spec.none }) });
      }
      case 'party':
        return selectField({ ...field, choices: chosen(atHand.parties, value), none: 'Nobody' });
      case 'thing': {
        const things = atHand.things.filter(({ of }) => spec.of.includes(of));
        return selectField({ ...field, choices: chosen(things, value), none: 'None' });
      }
      case 'update':
        return selectField({ ...field, choices: chosen(updates, value), none: 'Choose one' });
      case 'source':
        return selectField({ ...field, choices: chosen(sources, value) });
      default:
        return textField(field);
    }
  };

  const checkBox = (name: string, label: string, checked: boolean): Html =>
    choiceField({ name, label, choices: [{ value: 'yes', text: 'Yes' }], values: checked ? ['yes'] : [], several: true, wrong });

  const isTouched = (inside: readonly Spec[], name: string): boolean =>
    flat(inside).some(({ path }) => {
      const at = `${name}.${path}`;
      const here = (one: string) => one === at || one.startsWith(`${at}.`);
      return [...wrong.keys()].some(here) || [...state.keys()].some((one) => here(one) && text(one) !== '');
    });

  const aspectHelp = (name: string): Html | null => {
    const aspect = atHand.words.aspects.find((one) => one.name === text(name));
    if (aspect === undefined) return null;
    const { example } = aspect as { example?: { statement?: string; citations?: { quote?: { exact?: string } }[] } };
    const description = aspect.description ?? '';
    const note = aspect.note !== null && !description.includes(aspect.note) ? ` That is: ${aspect.note}.` : '';
    return html`<div class="aspect-help">
<p class="ds-paragraph"><strong>${inWords(aspect.name)}</strong>: ${coded(`${description}${note}`)}</p>
${aspect.pitfalls.length > 0 && html`<ul class="ds-list">${aspect.pitfalls.map((pitfall) => html`<li>${coded(pitfall)}</li>`)}</ul>`}
${example?.statement !== undefined && html`<p class="ds-paragraph">For example: <q>${example.citations?.[0]?.quote?.exact ?? ''}</q> becomes “${example.statement}”</p>`}
</div>`;
  };

  const valueFields = (name: string): Html => {
    const aspectName = name.replace(/value$/, 'aspect');
    const aspect = atHand.words.aspects.find((one) => one.name === text(aspectName));
    const [first] = group.split('.');
    const show = act('show', 'Show what this aspect takes', first);
    if (aspect === undefined) return html`<div class="shows">${show}</div>`;
    const kinds = aspect.kinds as (keyof typeof words.valueKinds)[];
    const kind = { name: `${name}.kind`, label: 'Kind of value', value: text(`${name}.kind`), wrong };
    const given = (member: string) => ({ name: `${name}.${member}`, value: text(`${name}.${member}`), wrong });
    const terms = aspect.terms.map((term) => ({ value: term, text: inWords(term) }));
    const units = (aspect.units ?? atHand.words.units).map((unit) => ({ value: unit, text: inWords(unit) }));
    const inputs: Record<string, () => Html> = {
      boolean: () => selectField({ ...given('boolean'), label: 'Value: is it so?', choices: yesOrNo, none: 'Choose yes or no' }),
      term: () => selectField({ ...given('term'), label: 'Value', choices: chosen(terms, text(`${name}.term`)), none: 'Choose one' }),
      text: () => textField({ ...given('text'), label: 'Value, in words' }),
      time: () =>
        html`${textField({ ...given('time'), label: 'Value: the time', help: 'As 2026-01-14T18:50, or T18:50 for a time of day alone.' })}${checkBox(`${name}.approximate`, 'About so', text(`${name}.approximate`) !== '')}`,
      party: () => leaf({ as: 'party', path: '', label: 'Value: who' }, `${name}.party`),
      incident: () => textField({ ...given('incident'), label: 'Value: the id of the other incident' }),
      quantity: () =>
        html`<div class="in-a-row">${selectField({ ...given('comparator'), label: 'Comparator', choices: words.comparators })}${textField({ ...given('quantity'), label: 'Value: the number' })}${textField({ ...given('upper'), label: 'Upper end of a range' })}${selectField({ ...given('unit'), label: 'Unit', choices: chosen(units, text(`${name}.unit`)) })}</div>`,
    };
    return html`<div class="shows">${show}</div>${aspectHelp(aspectName)}${selectField({
      ...kind,
      choices: [...kinds, ...empties].map((value) => ({ value, text: words.valueKinds[value] ?? value })),
    })}${kinds.map((value) => inputs[value]?.())}`;
  };

  const rows = (spec: Spec & { as: 'list' }, name: string): Html => {
    const shown = Math.max(spec.least, rowsOf(state, name));
    const article = /^[aeiou]/.test(spec.one) ? 'an' : 'a';
    return html`${Array.from({ length: shown }, (_, row) => html`<fieldset class="ds-fieldset inner"><legend class="ds-label" data-weight="medium">${spec.one[0]?.toUpperCase()}${spec.one.slice(1)} ${row + 1}</legend>${inside(spec.inside, `${name}.${row}`)}</fieldset>`)}${act(`more:${name}.${shown}.${flat(spec.inside)[0]?.path}`, shown === 0 ? `Add ${article} ${spec.one}` : `Add another ${spec.one}`, group.split('.')[0])}`;
  };

  const one = (spec: Spec, name: string): Html => {
    switch (spec.as) {
      case 'more':
        return html`<details class="ds-details"${isTouched(spec.inside, name) && html` open`}><summary>${spec.label}</summary><div class="stack">${inside(spec.inside, name)}</div></details>`;
      case 'boxes':
        return choiceField({
          ...{ name: `${name}.${spec.path}`, label: spec.label, choices: spec.choices, several: true, wrong },
          values: state.get(`${name}.${spec.path}`) ?? [],
        });
      case 'lines':
        return textArea({
          ...{ name: `${name}.${spec.path}`, label: spec.label, value: text(`${name}.${spec.path}`), rows: 3, wrong },
          ...(spec.help !== undefined && { help: spec.help }),
        });
      case 'each': {
        const at = `${name}.${spec.path}`;
        return html`${Array.from({ length: rowsOf(state, at) + (text(`${at}.${rowsOf(state, at) - 1}`) === '' && rowsOf(state, at) > 0 ? 0 : 1) }, (_, row) => leaf({ ...spec.leaf, label: row === 0 ? spec.leaf.label : `${spec.leaf.label} (${row + 1})` }, `${at}.${row}`))}`;
      }
      case 'list':
        return rows(spec, `${name}.${spec.path}`);
      case 'value':
        return valueFields(`${name}.${spec.path}`);
      case 'set': {
        const target = spec.target === null ? null : text(`${name}.${spec.target}`);
        if (target === '') return act('show', 'Show what it says now', group.split('.')[0]);
        return html`<fieldset class="ds-fieldset inner"><legend class="ds-label" data-weight="medium">As it is on record: change what is wrong</legend>${inside(settable(spec, target), `${name}.${spec.path}`)}</fieldset>`;
      }
      default:
        return leaf(spec, `${name}.${spec.path}`);
    }
  };

  const inside = (all: readonly Spec[], name: string): Html => html`${all.map((spec) => one(spec, name))}`;
  return inside(specs, group);
};

const yesOrNo: readonly Choice[] = [
  { value: 'true', text: 'Yes' },
  { value: 'false', text: 'No' },
];
