import { AtlasError } from '../../errors.ts';
import type { PlyHeader, PlyType } from './ply-header.ts';
import { TextScanner } from './text-scanner.ts';

/** Reads the values of a PLY’s body one after another, whatever their encoding. */
export interface PlyCursor {
  /** @throws file_truncated, file_malformed */
  read(type: PlyType): number;
  /** Bytes that are left: no honest count is larger. */
  readonly remaining: number;
}

export const plyTypeBytes: Record<PlyType, number> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
};

function binaryCursor(bytes: Uint8Array, start: number, little: boolean): PlyCursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  const get = (type: PlyType, from: number): number => {
    switch (type) {
      case 'int8':
        return view.getInt8(from);
      case 'uint8':
        return view.getUint8(from);
      case 'int16':
        return view.getInt16(from, little);
      case 'uint16':
        return view.getUint16(from, little);
      case 'int32':
        return view.getInt32(from, little);
      case 'uint32':
        return view.getUint32(from, little);
      case 'float32':
        return view.getFloat32(from, little);
      case 'float64':
        return view.getFloat64(from, little);
    }
  };
  return {
    read(type) {
      const from = at;
      at += plyTypeBytes[type];
      if (at > view.byteLength) {
        throw new AtlasError('file_truncated', `The PLY ends at byte ${view.byteLength}, within its data.`, {
          pointer: '/elements',
        });
      }
      return get(type, from);
    },
    get remaining() {
      return view.byteLength - at;
    },
  };
}

function textCursor(bytes: Uint8Array, start: number): PlyCursor {
  const scanner = new TextScanner(bytes, { at: start });
  return {
    read() {
      const found = scanner.skipSpace();
      const value = found ? scanner.number() : undefined;
      if (value !== undefined) return value;
      if (!found) {
        throw new AtlasError('file_truncated', 'The PLY ends within its data.', { pointer: '/elements' });
      }
      throw new AtlasError('file_malformed', `"${scanner.word().slice(0, 40)}" is no number.`, {
        pointer: '/elements',
      });
    },
    get remaining() {
      return bytes.length - scanner.at;
    },
  };
}

/** A cursor at the first value behind the header. */
export function plyCursor(bytes: Uint8Array, header: PlyHeader): PlyCursor {
  if (header.format === 'ascii') return textCursor(bytes, header.bodyOffset);
  return binaryCursor(bytes, header.bodyOffset, header.format === 'binary_little_endian');
}
