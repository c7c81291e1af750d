/** A chart’s rectangle, in any unit. */
export interface ChartBox {
  readonly width: number;
  readonly height: number;
}

/** Where charts lie in the unit square: all scaled alike, each moved. */
export interface Packing {
  readonly scale: number;
  /** Lowest corner of each. */
  readonly places: readonly (readonly [u: number, v: number])[];
}

/** Rows from the tallest on; `undefined` when the last row ends below the square. */
function packRows(boxes: readonly ChartBox[], order: readonly number[], scale: number, padding: number) {
  const places: [number, number][] = [];
  let u = padding / 2;
  let v = padding / 2;
  let rowHeight = 0;
  for (const i of order) {
    const width = boxes[i].width * scale;
    const height = boxes[i].height * scale;
    if (u + width > 1 - padding / 2 && u > padding / 2) {
      u = padding / 2;
      v += rowHeight + padding;
      rowHeight = 0;
    }
    if (u + width > 1 - padding / 2 || v + height > 1 - padding / 2) return undefined;
    places[i] = [u, v];
    u += width + padding;
    rowHeight = Math.max(rowHeight, height);
  }
  return places;
}

/** Packs rectangles into the unit square as large as rows allow, `padding` apart and half of it from the border. */
export function packCharts(boxes: readonly ChartBox[], padding: number): Packing {
  const order = boxes.map((_, i) => i).sort((a, b) => boxes[b].height - boxes[a].height || a - b);
  const largest = boxes.reduce((most, { width, height }) => Math.max(most, width, height), 0);
  let [low, high] = [0, 1 / largest];
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (packRows(boxes, order, middle, padding)) low = middle;
    else high = middle;
  }
  const places = packRows(boxes, order, low, padding);
  if (!places || low === 0) throw new Error(`${boxes.length} charts do not fit with a padding of ${padding}`);
  return { scale: low, places };
}
