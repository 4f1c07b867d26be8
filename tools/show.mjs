// Prints the JSON on standard input: whole, or the members named by the arguments. `claims:id,standing` shows two members of each item of a list.
const text = await new Response(process.stdin).text();
const pick = (value, names) =>
  Array.isArray(value) ? value.map((item) => pick(item, names)) : Object.fromEntries(names.map((name) => [name, value?.[name] ?? null]));
const compact = (value, indent = '') => {
  const line = JSON.stringify(value);
  if (line.length + indent.length <= 140 || value === null || typeof value !== 'object') return line.replaceAll('","', '", "');
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => compact(item, inner))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${compact(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
};
try {
  const json = JSON.parse(text);
  const wanted = process.argv.slice(2).map((argument) => argument.split(':'));
  const shown =
    wanted.length === 0
      ? json
      : Object.fromEntries(wanted.map(([name, members]) => [name, members ? pick(json[name], members.split(',')) : (json[name] ?? null)]));
  process.stdout.write(`${compact(shown)}\n`);
} catch {
  process.stdout.write(text);
}
