import type { Problem } from '../answers.ts';
import { type Html, html } from '../html.ts';

/** What is wrong in a form, by the names of its fields; that of no field is under ''. */
export type Wrong = ReadonlyMap<string, string>;
export const nothingWrong: Wrong = new Map();

/**
 * What the API refused, put to the fields that caused it. `fieldAt` says which field has what stands at a JSON Pointer of the request, and null where none has;
 * that is said above the form.
 */
export const wrongOf = ({ detail, errors }: Problem, fieldAt: (pointer: string) => string | null): Wrong => {
  const wrong = new Map<string, string>();
  const add = (name: string, message: string) => wrong.set(name, wrong.has(name) ? `${wrong.get(name)} ${message}` : message);
  for (const { pointer, message } of errors ?? []) {
    const name = fieldAt(pointer);
    if (name === null) add('', `${pointer} ${message}`);
    else add(name, message);
  }
  if (wrong.size === 0) add('', detail);
  return wrong;
};

const idOf = (name: string): string => `f-${name.replaceAll(/[^\w-]/g, '-')}`;

/** What is wrong, above the form, each with a link to its field, which `labelOf` names where the message alone does not. */
export const errorSummary = (wrong: Wrong, labelOf: (name: string) => string | null = () => null): Html | null =>
  wrong.size === 0
    ? null
    : html`<div class="ds-error-summary" role="alert" tabindex="-1"><h2 class="ds-heading" data-size="xs">This could not be done yet</h2><ul class="ds-list">${[
        ...wrong,
      ].map(([name, message]) => {
        const label = labelOf(name);
        const said = label === null ? message : `${label}: ${message}`;
        return html`<li>${name === '' ? message : html`<a class="ds-link" href="#${idOf(name)}">${said}</a>`}</li>`;
      })}</ul></div>`;

type Field = {
  name: string;
  label: string | Html;
  /** What helps to fill it in, beneath the label. */
  help?: string | Html;
  wrong?: Wrong;
  required?: boolean;
};

const around = ({ name, label, help, wrong }: Field, control: Html): Html => {
  const id = idOf(name);
  const message = wrong?.get(name);
  return html`<div class="ds-field"><label class="ds-label" data-weight="medium" for="${id}">${label}</label>${
    help && html`<div data-field="description" id="${id}-help">${help}</div>`
  }${control}${message !== undefined && html`<p class="ds-validation-message" id="${id}-wrong">${message}</p>`}</div>`;
};

/** The attributes that tie a control to its label, its help and what is wrong with it. */
const tied = ({ name, help, wrong, required }: Field): Html => {
  const id = idOf(name);
  const isWrong = wrong?.has(name) ?? false;
  const described = [help && `${id}-help`, isWrong && `${id}-wrong`].filter(Boolean).join(' ');
  return html` id="${id}" name="${name}"${required && html` required`}${isWrong && html` aria-invalid="true"`}${described !== '' && html` aria-describedby="${described}"`}`;
};

type TextField = Field & {
  value?: string;
  type?: 'text' | 'search' | 'url' | 'date' | 'number' | 'password' | 'email';
  maxlength?: number;
  lang?: string;
  autocomplete?: string;
};
export const textField = (field: TextField): Html =>
  around(
    field,
    html`<input class="ds-input"${tied(field)} type="${field.type ?? 'text'}" value="${field.value ?? ''}" autocomplete="${field.autocomplete ?? 'off'}"${field.maxlength && html` maxlength="${field.maxlength}"`}${field.lang && html` lang="${field.lang}"`}>`,
  );

export const textArea = (field: Field & { value?: string; rows?: number; lang?: string }): Html =>
  // The first line's end after the tag is the parser's, not the text's.
  around(
    field,
    html`<textarea class="ds-input"${tied(field)} rows="${field.rows ?? 4}"${field.lang && html` lang="${field.lang}"`}>
${field.value ?? ''}</textarea>`,
  );

/** A choice among values, each with its words. An empty first one stands for none. */
export type Choice = { value: string; text: string; group?: string };
export const selectField = (field: Field & { value?: string; choices: readonly Choice[]; none?: string }): Html => {
  const option = ({ value, text }: Choice) =>
    html`<option value="${value}"${value === (field.value ?? '') && html` selected`}>${text}</option>`;
  const groups = [...new Set(field.choices.map(({ group }) => group))];
  const options = groups.map((group) => {
    const inside = field.choices.filter((choice) => choice.group === group).map(option);
    return group === undefined ? inside : html`<optgroup label="${group}">${inside}</optgroup>`;
  });
  return around(
    field,
    html`<select class="ds-input"${tied(field)}>${field.none !== undefined && option({ value: '', text: field.none })}${options}</select>`,
  );
};

/** Several choices that are all seen: radio buttons, or boxes where several may be chosen. */
export const choiceField = (
  field: Field & { values?: readonly string[]; choices: readonly (Choice & { help?: string })[]; several?: boolean },
): Html => {
  const id = idOf(field.name);
  const message = field.wrong?.get(field.name);
  return html`<fieldset class="ds-fieldset" id="${id}"${message !== undefined && html` aria-describedby="${id}-wrong"`}><legend class="ds-label" data-weight="medium">${field.label}</legend>${
    field.help && html`<p class="ds-paragraph">${field.help}</p>`
  }${field.choices.map(
    ({ value, text, help }, index) =>
      html`<div class="ds-field"><input class="ds-input" type="${field.several ? 'checkbox' : 'radio'}" id="${id}-${index}" name="${field.name}" value="${value}"${
        field.values?.includes(value) && html` checked`
      }${field.required && !field.several && html` required`}${help && html` aria-describedby="${id}-${index}-help"`}><label class="ds-label" data-weight="regular" for="${id}-${index}">${text}</label>${help && html`<div data-field="description" id="${id}-${index}-help">${help}</div>`}</div>`,
  )}${message !== undefined && html`<p class="ds-validation-message" id="${id}-wrong">${message}</p>`}</fieldset>`;
};

export const submit = (
  text: string,
  {
    variant = 'primary',
    name,
    value,
    color,
  }: { variant?: 'primary' | 'secondary' | 'tertiary'; name?: string; value?: string; color?: 'danger' } = {},
): Html =>
  html`<button class="ds-button" type="submit" data-variant="${variant}"${color && html` data-color="${color}"`}${name && html` name="${name}" value="${value ?? ''}"`}>${text}</button>`;
