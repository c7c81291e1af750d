import { AtlasError } from '../../errors.ts';
import { floatList, intList } from './growing-list.ts';
import type { PolygonSoup } from './polygon-soup.ts';
import type { SourceLimits } from './source-limits.ts';
import { TextScanner } from './text-scanner.ts';

/** Faces that follow each other in the file and share object and material. */
export interface ObjRun {
  readonly object: string;
  readonly material: string;
  readonly firstFace: number;
}

export interface ParsedObj {
  readonly soup: PolygonSoup;
  readonly runs: readonly ObjRun[];
  readonly materialFiles: readonly string[];
}

const slash = 0x2f;

class ObjParser {
  private readonly scanner: TextScanner;
  private readonly limits: SourceLimits;
  private readonly positions = floatList();
  private readonly colours = floatList();
  private readonly uvs = floatList();
  private readonly normals = floatList();
  private readonly corners = intList();
  private readonly sizes = intList();
  private readonly runs: ObjRun[] = [];
  private readonly materialFiles: string[] = [];
  private object = '';
  private group = '';
  private material = '';
  private hasObjects = false;
  private triangles = 0;

  constructor(bytes: Uint8Array, limits: SourceLimits) {
    this.scanner = new TextScanner(bytes, { continues: true });
    this.limits = limits;
  }

  parse(): ParsedObj {
    for (const { scanner } = this; !scanner.ended; scanner.nextLine()) {
      if (scanner.skipBlanks()) this.readLine(scanner.word());
    }
    const soup = {
      positions: this.positions.values(),
      colours: this.colours.length > 0 ? this.padded() : undefined,
      uvs: this.uvs.values(),
      normals: this.normals.values(),
      corners: this.corners.values(),
      sizes: this.sizes.values(),
    };
    return { soup, runs: this.runs, materialFiles: this.materialFiles };
  }

  private readLine(keyword: string): void {
    switch (keyword) {
      case 'v':
        this.readVertex();
        return;
      case 'vt':
        this.uvs.push(this.need('vt'));
        this.uvs.push(this.scanner.number() ?? 0);
        this.limit('texture coordinates', this.uvs.length / 2, this.limits.accessorElements);
        return;
      case 'vn':
        for (let i = 0; i < 3; i++) this.normals.push(this.need('vn'));
        this.limit('normals', this.normals.length / 3, this.limits.accessorElements);
        return;
      case 'f':
      case 'fo':
        this.readFace();
        return;
      case 'o':
        this.hasObjects = true;
        this.object = this.restOfLine();
        return;
      case 'g':
        this.group = this.restOfLine();
        return;
      case 'usemtl':
        this.material = this.restOfLine();
        return;
      case 'mtllib':
        this.materialFiles.push(this.restOfLine());
    }
  }

  private restOfLine(): string {
    this.scanner.skipBlanks();
    return this.scanner.rest();
  }

  private get pointer(): string {
    return `/lines/${this.scanner.line}`;
  }

  private need(keyword: string): number {
    const value = this.scanner.number();
    if (value !== undefined) return value;
    const { pointer } = this;
    throw new AtlasError('file_malformed', `A number is missing behind "${keyword}" in line ${this.scanner.line}.`, {
      pointer,
    });
  }

  private limit(what: string, count: number, most: number): void {
    if (count <= most) return;
    throw new AtlasError('count_over_limit', `The file has over ${most} ${what}.`, { pointer: this.pointer });
  }

  /** `v x y z`, with a weight, or with a colour: `x y z r g b` and maybe an alpha. */
  private readVertex(): void {
    const { pointer } = this;
    for (let i = 0; i < 3; i++) {
      const value = this.need('v');
      if (!Number.isFinite(value)) {
        throw new AtlasError('position_not_finite', `A coordinate in line ${this.scanner.line} is ${value}.`, {
          pointer,
        });
      }
      this.positions.push(value);
    }
    const count = this.positions.length / 3;
    this.limit('vertices', count, this.limits.vertices);
    const [red, green, blue] = [this.scanner.number(), this.scanner.number(), this.scanner.number()];
    if (red === undefined || green === undefined || blue === undefined) return;
    // Vertices before this one had no colour: they are white.
    while (this.colours.length < (count - 1) * 3) this.colours.push(1);
    this.colours.push(red);
    this.colours.push(green);
    this.colours.push(blue);
  }

  private padded(): Float32Array {
    while (this.colours.length < this.positions.length) this.colours.push(1);
    return this.colours.values();
  }

  /** Counts from 1, or back from the end when negative; 0 means that there is none. */
  private resolve(index: number, count: number): number {
    const place = index > 0 ? index - 1 : count + index;
    if (index !== 0 && place >= 0 && place < 0x7fffffff) return place;
    throw new AtlasError('index_out_of_range', `Index ${index} in line ${this.scanner.line} points at nothing.`, {
      pointer: this.pointer,
    });
  }

  private readFace(): void {
    const { scanner } = this;
    let size = 0;
    for (; scanner.skipBlanks(); size++) {
      const position = scanner.integer();
      if (position === undefined) break;
      this.corners.push(this.resolve(position, this.positions.length / 3));
      const uv = scanner.take(slash) ? scanner.integer() : undefined;
      this.corners.push(uv === undefined ? -1 : this.resolve(uv, this.uvs.length / 2));
      const normal = scanner.take(slash) ? scanner.integer() : undefined;
      this.corners.push(normal === undefined ? -1 : this.resolve(normal, this.normals.length / 3));
    }
    if (scanner.skipBlanks() && !scanner.take(0x23)) {
      throw new AtlasError('file_malformed', `A corner in line ${scanner.line} is no number.`, {
        pointer: this.pointer,
      });
    }
    if (size === 0) return;
    this.startRun();
    this.sizes.push(size);
    this.triangles += Math.max(size - 2, 0);
    this.limit('triangles', this.triangles, this.limits.triangles);
  }

  /** Objects make meshes; in a file without objects, groups do. */
  private startRun(): void {
    const object = this.hasObjects ? this.object : this.group;
    const last = this.runs.at(-1);
    if (last && last.object === object && last.material === this.material) return;
    this.runs.push({ object, material: this.material, firstFace: this.sizes.length });
  }
}

/**
 * Parses the polygons of a Wavefront OBJ (Advanced Visualizer manual, appendix B1) byte by byte; 4 MB take about 0.1 s.
 * Free-form curves, points and lines are passed over.
 * @throws file_malformed, index_out_of_range, position_not_finite, count_over_limit; pointers are `/lines/<number>`
 */
export function parseObj(bytes: Uint8Array, limits: SourceLimits): ParsedObj {
  return new ObjParser(bytes, limits).parse();
}
