// Prints the JSON on standard input: whole, or the members named by the arguments. `claims:id,standing` shows two members of each item of a list.
const text = await new Response(process.stdin).text();
const pick = (value, names) =>
  Array.isArray(value) ? value.map((item) => pick(item, names)) : Object.fromEntries(names.map((name) => [name, value?.[name] ?? null]));
const brackets = (value) => (Array.isArray(value) ? '[]' : '{}');
const parts = (value, print) =>
  Array.isArray(value) ? value.map(print) : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${print(item)}`);
const isPlain = (value) => value === null || typeof value !== 'object';
const onOneLine = (value) => {
  if (isPlain(value)) return JSON.stringify(value);
  const [open, close] = brackets(value);
  return `${open}${parts(value, onOneLine).join(', ')}${close}`;
};
/** Short values on one line, long ones with a line for each part. */
const print = (value, indent = '') => {
  const line = onOneLine(value);
  if (isPlain(value) || line.length + indent.length <= 130) return line;
  const inner = `${indent}  `;
  const [open, close] = brackets(value);
  return `${open}\n${parts(value, (item) => print(item, inner))
    .map((part) => inner + part)
    .join(',\n')}\n${indent}${close}`;
};

try {
  const json = JSON.parse(text);
  const wanted = process.argv.slice(2).map((argument) => argument.split(':'));
  const shown =
    wanted.length === 0
      ? json
      : Object.fromEntries(wanted.map(([name, members]) => [name, members ? pick(json[name], members.split(',')) : (json[name] ?? null)]));
  process.stdout.write(`${print(shown)}\n`);
} catch {
  process.stdout.write(text);
}
