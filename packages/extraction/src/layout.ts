/** In which order the words of a page are read: by columns, and in each from top to bottom, wherever its program drew them first. */

/** A piece of text as it is drawn: its lower left corner, width and size of letters in points, y upwards; `drawn` counts the pieces of the page. */
export type Piece = { drawn: number; text: string; x: number; y: number; width: number; size: number; isUpright: boolean };
/** `isParagraph`: it begins a paragraph. */
export type Line = { text: string; y: number; isParagraph: boolean };

const endOf = ({ x, width }: Piece): number => x + width;

/** Text that is drawn a second time, a little beside, to look bold. */
const withoutTwice = (pieces: readonly Piece[]): Piece[] => {
  const byText = new Map<string, Piece[]>();
  return pieces.filter((piece) => {
    const same = byText.get(piece.text) ?? [];
    byText.set(piece.text, same);
    const near = piece.size / 4;
    if (same.some(({ x, y }) => Math.abs(x - piece.x) < near && Math.abs(y - piece.y) < near)) return false;
    same.push(piece);
    return true;
  });
};

const medianOf = (values: number[]): number => values.sort((one, other) => one - other)[values.length >> 1] ?? 0;

/** Pieces on one base line, from left to right; raised and lowered ones with it. Lines from top to bottom. */
const rowsOf = (pieces: readonly Piece[]): Piece[][] => {
  const rows: { y: number; size: number; pieces: Piece[] }[] = [];
  for (const piece of [...pieces].sort((one, other) => other.y - one.y || one.x - other.x)) {
    const row = rows.at(-1);
    const isSame = row !== undefined && Math.abs(row.y - piece.y) < Math.max(row.size, piece.size) * 0.5;
    if (!isSame) rows.push({ y: piece.y, size: piece.size, pieces: [piece] });
    else {
      row.pieces.push(piece);
      // The base line is that of the larger letters: a footnote's number stands above it.
      if (piece.size > row.size) [row.y, row.size] = [piece.y, piece.size];
    }
  }
  return rows.map((row) => row.pieces.sort((one, other) => one.x - other.x));
};

/** The numbers of lines that pleadings have in their margin: 1, 2, 3 … down the page, left of all else. */
const withoutLineNumbers = (pieces: readonly Piece[]): readonly Piece[] => {
  const numbers = pieces.filter(({ text }) => /^\s*\d{1,2}\s*$/.test(text)).sort((one, other) => one.x - other.x);
  const [left] = numbers;
  if (left === undefined) return pieces;
  const column = numbers.filter((piece) => Math.abs(endOf(piece) - endOf(left)) < left.size * 2 && piece.x < left.x + left.size * 2);
  column.sort((one, other) => other.y - one.y);
  const others = pieces.filter((piece) => !column.includes(piece));
  const isCounted = column.length >= 8 && column.every(({ text }, index) => Number(text) === Number(column[0]?.text) + index);
  const right = Math.max(...column.map(endOf));
  const isMargin = others.every(({ x, isUpright }) => !isUpright || x >= right);
  return isCounted && isMargin ? others : pieces;
};

/** Letters further apart than this, in sizes, are two words. */
const wordGap = 0.15;
/** A stretch this wide, in sizes, that no line crosses parts two columns. */
const columnGap = 0.8;

const joined = (row: readonly Piece[]): string => {
  let text = '';
  let end = Number.NEGATIVE_INFINITY;
  for (const piece of row) {
    const isApart = piece.x - end > piece.size * wordGap;
    if (text !== '' && isApart && !/\s$/.test(text) && !/^\s/.test(piece.text)) text += ' ';
    text += piece.text;
    end = endOf(piece);
  }
  return text.trim();
};

type Rows = readonly (readonly Piece[])[];
const leftOf = (row: readonly Piece[], x: number): Piece[] => row.filter((piece) => endOf(piece) <= x);
const rightOf = (row: readonly Piece[], x: number): Piece[] => row.filter((piece) => endOf(piece) > x);
const isCrossed = (row: readonly Piece[], x: number): boolean => row.some((piece) => piece.x < x && endOf(piece) > x);
const leftEdge = (row: readonly Piece[]): number => Math.min(...row.map(({ x }) => x));
const rightEdge = (row: readonly Piece[]): number => Math.max(...row.map(endOf));

/** So many lines make a column, and so many rows of the page two. */
const fewest = 2;
const fewestRows = 6;

/** Whether the rows of one side are lines of prose: it is a good part of the page wide, and most of them half as wide or wider. Cells of a table are not. */
const isProse = (sides: Rows, pageWidth: number): boolean => {
  const rows = sides.filter(({ length }) => length > 0);
  if (rows.length < fewest) return false;
  const width = Math.max(...rows.map(rightEdge)) - Math.min(...rows.map(leftEdge));
  return width > pageWidth / 4 && rows.filter((row) => rightEdge(row) - leftEdge(row) > width / 2).length * 2 > rows.length;
};

/** Whether the program drew all of one side after all of the other: so it wrote columns, however short the second is. */
const isDrawnAfter = (before: Rows, after: Rows): boolean =>
  before.some(({ length }) => length > 0) &&
  Math.max(...before.flat().map(({ drawn }) => drawn)) < Math.min(...after.flat().map(({ drawn }) => drawn));

/** Where two columns part: left of an edge at which many lines begin, with a gap before it, where no more than half of the rows have a word across. */
const gutterOf = (rows: Rows, size: number): number | null => {
  const width = rightEdge(rows.flat()) - leftEdge(rows.flat());
  const edges = new Set(rows.flat().map(({ x }) => Math.round(x)));
  let best: { x: number; count: number } | null = null;
  for (const edge of edges) {
    const x = edge - size * 0.3;
    const open = rows.filter((row) => !isCrossed(row, x));
    if (open.length < fewestRows || open.length * 2 <= rows.length) continue;
    const begins = open.filter((row) => {
      const [before, after] = [leftOf(row, x), rightOf(row, x)];
      const isThere = after.length > 0 && leftEdge(after) - edge < size;
      return isThere && (before.length === 0 || leftEdge(after) - rightEdge(before) >= size * columnGap);
    }).length;
    if (best !== null && begins <= best.count) continue;
    const [before, after] = [open.map((row) => leftOf(row, x)), open.map((row) => rightOf(row, x))];
    const isProseOnBoth = begins >= fewest && isProse(before, width) && isProse(after, width);
    if (isProseOnBoth || (begins > 0 && isDrawnAfter(before, after))) best = { x, count: begins };
  }
  return best?.x ?? null;
};

/** Rows in the order in which they are read. A row across both columns, as a heading is, parts what is above it from what is below. */
const inOrder = (rows: Rows, size: number): Rows => {
  const gutter = gutterOf(rows, size);
  if (gutter === null) return rows;
  const ordered: (readonly Piece[])[] = [];
  let columns: (readonly Piece[])[] = [];
  const close = () => {
    ordered.push(...columns.map((row) => leftOf(row, gutter)), ...columns.map((row) => rightOf(row, gutter)));
    columns = [];
  };
  for (const row of rows) {
    if (!isCrossed(row, gutter)) columns.push(row);
    else {
      close();
      ordered.push(row);
    }
  }
  close();
  return ordered.filter(({ length }) => length > 0);
};

/** The lines of a page as they are read. What stands on its side comes last. */
export const linesOf = (all: readonly Piece[]): Line[] => {
  const pieces = withoutTwice(all);
  const upright = withoutLineNumbers(pieces.filter(({ isUpright }) => isUpright));
  const size = medianOf(upright.map((piece) => piece.size));
  const rows = inOrder(rowsOf(upright), size).map((row) => ({ text: joined(row), x: leftEdge(row), y: row[0]?.y ?? 0 }));
  const stepTo = (index: number): number => (rows[index - 1]?.y ?? 0) - (rows[index]?.y ?? 0);
  const usual = medianOf(rows.map((_, index) => (index === 0 ? 0 : stepTo(index))).filter((step) => step > 0));
  const lines = rows.map(({ text, x, y }, index) => {
    const [before, after] = [rows[index - 1], rows[index + 1]];
    const isIndented = before !== undefined && after !== undefined && x - before.x > size && x - after.x > size && stepTo(index) > 0;
    return { text, y, isParagraph: (index > 0 && stepTo(index) > usual * 1.4) || isIndented };
  });
  const turned = pieces
    .filter(({ isUpright }) => !isUpright)
    .map(({ text, y }, index) => ({ text: text.trim(), y, isParagraph: index === 0 }));
  return [...lines, ...turned].filter(({ text }) => text !== '');
};
