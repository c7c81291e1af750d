import { TextScanner } from './text-scanner.ts';

/** What we take from a material of an MTL file (Wavefront; and the physically based lines of Exocortex). */
export interface MtlMaterial {
  /** Diffuse colour and opacity. */
  baseColour: [number, number, number, number];
  emissive: [number, number, number];
  roughness: number;
  metallic: number;
  baseColourMap?: string;
  emissiveMap?: string;
  normalMap?: string;
}

/** Options of a map line, and how many words follow each. */
const mapOptions: Record<string, number> = {
  '-blendu': 1,
  '-blendv': 1,
  '-boost': 1,
  '-mm': 2,
  '-o': 3,
  '-s': 3,
  '-t': 3,
  '-texres': 1,
  '-clamp': 1,
  '-bm': 1,
  '-imfchan': 1,
  '-type': 1,
};

/** The file name of a map line: what is left behind its options; `-o`, `-s` and `-t` may have fewer numbers than three. */
function mapName(line: string): string {
  const words = line.split(/\s+/);
  let at = 0;
  while (at < words.length - 1 && Object.hasOwn(mapOptions, words[at] ?? '')) {
    const most = mapOptions[words[at] ?? ''] ?? 0;
    at++;
    for (let i = 0; i < most && at < words.length - 1; i++, at++) {
      if (most > 1 && Number.isNaN(Number(words[at]))) break;
    }
  }
  return words.slice(at).join(' ');
}

const clamped = (value: number | undefined, otherwise: number): number =>
  value === undefined || Number.isNaN(value) ? otherwise : Math.min(Math.max(value, 0), 1);

function readColour(scanner: TextScanner): [number, number, number] {
  const red = clamped(scanner.number(), 0);
  const green = clamped(scanner.number(), red);
  return [red, green, clamped(scanner.number(), red)];
}

/**
 * Blinn-Phong exponent to roughness: α = √(2 / (n + 2)), Walter et al. 2007, section 5.3; and α is the square of glTF’s
 * roughness (glTF 2.0, appendix B.2.3).
 */
const roughnessOf = (exponent: number): number => (2 / (Math.max(exponent || 0, 0) + 2)) ** 0.25;

function readLine(material: MtlMaterial, keyword: string, scanner: TextScanner): void {
  switch (keyword.toLowerCase()) {
    case 'kd': {
      const colour = readColour(scanner);
      material.baseColour = [...colour, material.baseColour[3]];
      return;
    }
    case 'ke':
      material.emissive = readColour(scanner);
      return;
    case 'd':
      material.baseColour[3] = clamped(scanner.number(), 1);
      return;
    case 'tr':
      material.baseColour[3] = 1 - clamped(scanner.number(), 0);
      return;
    case 'ns':
      material.roughness = roughnessOf(scanner.number() ?? 0);
      return;
    case 'pr':
      material.roughness = clamped(scanner.number(), 1);
      return;
    case 'pm':
      material.metallic = clamped(scanner.number(), 0);
      return;
    case 'map_kd':
      material.baseColourMap = mapName(scanner.rest());
      return;
    case 'map_ke':
      material.emissiveMap = mapName(scanner.rest());
      return;
    case 'norm':
      material.normalMap = mapName(scanner.rest());
      return;
  }
}

/** Reads the materials of an MTL file by name. What it does not know it passes over; nothing in it is an error. */
export function readMtl(bytes: Uint8Array): Map<string, MtlMaterial> {
  const materials = new Map<string, MtlMaterial>();
  let current: MtlMaterial | undefined;
  for (const scanner = new TextScanner(bytes, { continues: true }); !scanner.ended; scanner.nextLine()) {
    const keyword = scanner.word();
    if (keyword === 'newmtl') {
      scanner.skipBlanks();
      current = { baseColour: [1, 1, 1, 1], emissive: [0, 0, 0], roughness: 1, metallic: 0 };
      materials.set(scanner.rest(), current);
    } else if (current && keyword !== '') {
      scanner.skipBlanks();
      readLine(current, keyword, scanner);
    }
  }
  return materials;
}
