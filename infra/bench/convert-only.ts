import { readFileSync, writeFileSync } from 'node:fs';
import { convert } from '../../functions/engine/convert.ts';
import { findProfile } from '../../shared/profiles/profiles.ts';

/** The convert stage alone as a program, for comparison with others: source, output, triangles. */
const [source = '', out = '', triangles = '0'] = process.argv.slice(2);
const recipe = { ...findProfile('web').defaults.convert, triangles: Number(triangles), lods: [] };
const { files } = await convert({ glb: new Uint8Array(readFileSync(source)), recipe });
writeFileSync(out, files[0]?.glb ?? new Uint8Array());
