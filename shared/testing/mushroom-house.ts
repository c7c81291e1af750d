type Colour = readonly [red: number, green: number, blue: number];

/** A sculpture: signed distance in metres, +Y up, and the colour of the surface in linear light. */
export interface Sculpture {
  distance(x: number, y: number, z: number): number;
  colour(x: number, y: number, z: number): Colour;
}

const length2 = (x: number, y: number): number => Math.sqrt(x * x + y * y);
const length3 = (x: number, y: number, z: number): number => Math.sqrt(x * x + y * y + z * z);

// Parts that are far away answer with a distance that is too short: that is all that is asked of them there.

/** Union with a rounded seam of width `k` (Quilez, "Smooth minimum", polynomial form). */
function smoothUnion(a: number, b: number, k: number): number {
  const h = Math.max(k - Math.abs(a - b), 0) / k;
  return Math.min(a, b) - h * h * k * 0.25;
}

/** Cylinder around the y axis. */
function column(x: number, y: number, z: number, radius: number, low: number, high: number): number {
  const side = length2(x, z) - radius;
  const ends = Math.abs(y - (low + high) / 2) - (high - low) / 2;
  return Math.min(Math.max(side, ends), 0) + length2(Math.max(side, 0), Math.max(ends, 0));
}

function ring(x: number, y: number, z: number, radius: number, thickness: number): number {
  return length2(length2(x, y) - radius, z) - thickness;
}

const stemTop = 0.62;

function stem(x: number, y: number, z: number): number {
  // Slimmer towards the top; the slope is small enough for the distance to hold.
  const radius = 0.27 - 0.1 * (y / stemTop) + 0.02 * Math.cos(y * 9);
  return column(x, y, z, radius, 0, stemTop) * 0.9 - 0.02;
}

/** Half a ball, hollow from below like a hat. */
function cap(x: number, y: number, z: number): number {
  const outside = length3(x, (y - 0.55) * 1.15, z) / 1.15 - 0.5 / 1.15;
  const hollow = length3(x, y - 0.42, z) - 0.3;
  return Math.max(outside, 0.56 - y, -hollow) - 0.025;
}

function chimney(x: number, y: number, z: number): number {
  if (y < 0.6) return 0.75 - y;
  const cx = x - 0.22;
  const cz = z + 0.12;
  return Math.min(column(cx, y, cz, 0.05, 0.75, 1.08), column(cx, y, cz, 0.065, 1.06, 1.1));
}

/** An arch: a column on its side above a box, both towards +Z. */
function doorway(x: number, y: number, z: number, grow: number): number {
  const side = y > 0.2 ? length2(x, y - 0.2) - 0.1 - grow : Math.max(Math.abs(x) - 0.1 - grow, 0.03 - grow - y);
  return Math.max(side, Math.abs(z - 0.28) - 0.1 - grow);
}

/** A round window at the left and the right of the door. */
const windows = [-1, 1].map((side) => ({ x: side * 0.21, cos: Math.cos(1.05), sin: -side * Math.sin(1.05) }));

function windowFrame(x: number, y: number, z: number): number {
  const above = Math.abs(y - 0.36);
  if (above > 0.15) return above - 0.09;
  let nearest = Infinity;
  for (const { x: wx, cos, sin } of windows) {
    const dx = x - wx;
    const dz = z - 0.12;
    nearest = Math.min(nearest, ring(dx * cos + dz * sin, y - 0.36, dz * cos - dx * sin, 0.07, 0.016));
  }
  return nearest;
}

/** Stones in a path that leads from the door. */
const stonePlaces = [0, 1, 2, 3, 4].map((i) => [Math.sin(i * 1.7) * 0.05, 0.36 + i * 0.085] as const);

function stones(x: number, y: number, z: number): number {
  if (y > 0.1) return y - 0.05;
  let nearest = Infinity;
  for (const [sx, sz] of stonePlaces) {
    nearest = Math.min(nearest, length3(x - sx, (y - 0.02) * 1.6, z - sz) / 1.6 - 0.022);
  }
  return nearest;
}

const ground = (x: number, y: number, z: number): number => column(x, y, z, 0.72, -0.06, 0.0) - 0.015;

const white: Colour = [0.82, 0.8, 0.72];
const green: Colour = [0.09, 0.22, 0.05];
const grey: Colour = [0.25, 0.24, 0.23];
const wood: Colour = [0.2, 0.09, 0.035];
const plaster: Colour = [0.68, 0.55, 0.38];
const brick: Colour = [0.33, 0.08, 0.045];

/**
 * A mushroom that somebody lives in, about a metre tall: red cap with white spots, stem with a door and two windows,
 * chimney, a round of grass with a path. `spots` are unit vectors on the cap; `hue` turns the cap’s red.
 */
export function mushroomHouse(spots: readonly (readonly [number, number, number])[], hue: number): Sculpture {
  const red: Colour = [0.62, 0.03 + 0.1 * hue, 0.02];
  const onSpot = (x: number, y: number, z: number): boolean => {
    const length = length3(x, y - 0.5, z);
    return spots.some(([sx, sy, sz], i) => (sx * x + sy * (y - 0.5) + sz * z) / length > 0.955 + 0.008 * (i % 4));
  };
  const distance = (x: number, y: number, z: number): number => {
    const body = smoothUnion(stem(x, y, z), cap(x, y, z), 0.06);
    const carved = Math.max(body, -doorway(x, y, z, 0));
    const rest = Math.min(chimney(x, y, z), windowFrame(x, y, z), stones(x, y, z), ground(x, y, z));
    const plain = Math.min(carved, rest) * 0.8;
    if (Math.abs(plain) > 0.02) return plain;
    // Ripples, as a generator's surface has them; their slope is below 0.2.
    return plain + 0.001 * Math.sin(x * 83) * Math.sin(y * 91) * Math.sin(z * 87);
  };
  const parts: readonly (readonly [(x: number, y: number, z: number) => number, Colour])[] = [
    [stem, plaster],
    [chimney, brick],
    [windowFrame, wood],
    [stones, grey],
    [ground, green],
  ];
  const colour = (x: number, y: number, z: number): Colour => {
    let nearest = cap(x, y, z);
    let result: Colour = y > 0.57 && onSpot(x, y, z) ? white : y > 0.57 ? red : plaster;
    for (const [part, partColour] of parts) {
      const at = part(x, y, z);
      if (at >= nearest) continue;
      nearest = at;
      result = partColour;
    }
    return doorway(x, y, z, 0.02) < 0 && result === plaster ? wood : result;
  };
  return { distance, colour };
}
