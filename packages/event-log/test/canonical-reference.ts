/**
 * RFC 8785 told in another way than the library does it, from the rules alone: numbers by exact arithmetic on whole numbers (ECMA-262, Number::toString), text
 * by a table of escapes, members by a comparison of code units. Slow, and nothing but a second opinion.
 */
export const canonicalReference = (value: unknown): string => {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return numberReference(value);
  if (typeof value === 'string') return textReference(value);
  if (Array.isArray(value)) return `[${value.map(canonicalReference).join(',')}]`;
  const members = Object.entries(value as object);
  members.sort(([one], [other]) => order(one, other));
  return `{${members.map(([name, item]) => `${textReference(name)}:${canonicalReference(item)}`).join(',')}}`;
};

/** The first code unit that differs decides; where none does, the shorter one goes first. */
const order = (one: string, other: string): number => {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    const difference = one.charCodeAt(at) - other.charCodeAt(at);
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
};

const escapes = new Map([
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0c, '\\f'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);
const textReference = (text: string): string => {
  let written = '"';
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const plain = unit < 0x20 ? `\\u00${unit < 0x10 ? '0' : '1'}${'0123456789abcdef'[unit % 16]}` : text[at];
    written += escapes.get(unit) ?? plain;
  }
  return `${written}"`;
};

const numberReference = (value: number): string => {
  if (value === 0) return '0';
  if (value < 0) return `-${numberReference(-value)}`;
  const { digits, point } = shortestDigits(value);
  const count = digits.length;
  if (count <= point && point <= 21) return digits + '0'.repeat(point - count);
  if (0 < point && point <= 21) return `${digits.slice(0, point)}.${digits.slice(point)}`;
  if (-6 < point && point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  const exponent = `${point > 0 ? '+' : '-'}${Math.abs(point - 1)}`;
  return `${digits[0]}${count > 1 ? `.${digits.slice(1)}` : ''}e${exponent}`;
};

/**
 * The fewest decimal digits that only this double is nearest to, of several the nearest, and where the point stands: 0.digits times ten to the `point`. All
 * in fourths of the double's last binary place, as whole numbers: up to there lie the middles between it and its neighbours.
 */
const shortestDigits = (value: number): { digits: string; point: number } => {
  const bits = new BigUint64Array(new Float64Array([value]).buffer)[0] ?? 0n;
  const [field, fraction] = [Number(bits >> 52n), bits & 0xf_ffff_ffff_ffffn];
  const mantissa = field === 0 ? fraction : fraction | (1n << 52n);
  const power = Math.max(field, 1) - 1075 - 2;
  // Below a power of two the neighbours lie half as far apart.
  const below = fraction === 0n && field > 1 ? 1n : 2n;
  const isEven = mantissa % 2n === 0n;

  // value = scaled / unit, and so the two middles.
  const unit = power < 0 ? 1n << BigInt(-power) : 1n;
  const scale = power < 0 ? 1n : 1n << BigInt(power);
  const [low, scaled, high] = [(mantissa * 4n - below) * scale, mantissa * 4n * scale, (mantissa * 4n + 2n) * scale];

  let point = 1;
  while (scaled >= unit * 10n ** BigInt(Math.max(point, 0)) && point >= 1) point += 1;
  while (point <= 1 && scaled * 10n ** BigInt(1 - point) < unit) point -= 1;
  for (let count = 1; ; count += 1) {
    // Candidates are whole numbers of ten to the (point - count).
    const shift = point - count;
    const [up, down] = shift < 0 ? [10n ** BigInt(-shift), 1n] : [1n, 10n ** BigInt(shift)];
    const step = unit * down;
    const floor = (scaled * up) / step;
    const fits = [floor, floor + 1n].filter((candidate) => {
      const at = candidate * step;
      return isEven ? low * up <= at && at <= high * up : low * up < at && at < high * up;
    });
    if (fits.length === 0) continue;
    const distance = (candidate: bigint) => {
      const difference = candidate * step - scaled * up;
      return difference < 0n ? -difference : difference;
    };
    const [first = 0n, second] = fits;
    // Of two that are as near, the even one.
    const takesSecond =
      second !== undefined && (distance(second) < distance(first) || (distance(second) === distance(first) && first % 2n === 1n));
    const nearest = takesSecond ? second : first;
    const digits = String(nearest);
    // Rounded up to one digit more: 9.99 to 10.
    return { digits: digits.replace(/0+$/, ''), point: point + digits.length - count };
  }
};
