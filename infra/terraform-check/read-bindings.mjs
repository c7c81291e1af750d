// Reads the schema of one resource out of the TypeScript that @cdktf/provider-google carries in its inline source maps.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const primitives = { string: 'string', number: 'number', boolean: 'bool' };

function sourceOf(folder) {
  const script = readFileSync(join(folder, 'index.js'), 'utf8');
  const map = /sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)/.exec(script);
  return JSON.parse(Buffer.from(map[1], 'base64').toString()).sourcesContent[0];
}

/** Each class of the source: what it extends, and its body. */
function classesOf(source) {
  const classes = new Map();
  for (const [, name, parent, body] of source.matchAll(
    /export class (\w+) extends cdktf\.(\w+) \{([\s\S]*?)\n\}\n?/g,
  )) {
    classes.set(name, { parent, body });
  }
  return classes;
}

const capitalised = (name) => name[0].toUpperCase() + name.slice(1);

/** How each field of a block is written to HCL: block or attribute, and its storage type. */
function writtenFields(body = '') {
  const fields = new Map();
  const pattern =
    /(\w+): \{\s*\n\s*value: [\s\S]*?,\n\s*isBlock: (true|false),\n\s*type: "(\w+)",\n\s*storageClassType: "(\w+)",/g;
  for (const [, name, isBlock, type, storage] of body.matchAll(pattern)) {
    fields.set(name, { isBlock: isBlock === 'true', type, storage });
  }
  return fields;
}

function writersOf(source) {
  const writers = new Map();
  for (const [, name, body] of source.matchAll(
    /export function (\w+)ToHclTerraform\([\s\S]*?const attrs = \{([\s\S]*?)\n {2}\};/g,
  )) {
    writers.set(capitalised(name), writtenFields(body));
  }
  return writers;
}

function typeWritten({ type, storage }) {
  if (type === 'simple') return primitives[storage];
  const element = primitives[storage.replace(/(List|Map)$/, '')];
  return element && ['map', 'list', 'set'].includes(type) ? [type, element] : 'dynamic';
}

const getterTypes = {
  String: 'string',
  Number: 'number',
  Boolean: 'bool',
  StringMap: ['map', 'string'],
  NumberMap: ['map', 'number'],
  BooleanMap: ['map', 'bool'],
  NumberList: ['list', 'number'],
};

/** The type of a field that only the provider writes, from its getter. */
function typeRead(getter) {
  const [, kind] =
    /get(String|Number|Boolean|List|StringMap|NumberList|BooleanMap|NumberMap)Attribute\(/.exec(getter) ?? [];
  if (kind === 'List') return [/Fn\.tolist/.test(getter) ? 'set' : 'list', 'string'];
  if (kind) return getterTypes[kind];
  return /new cdktf\.StringMap\(/.test(getter) ? ['map', 'string'] : 'dynamic';
}

/** A list whose elements are objects that only the provider writes, such as a trigger's subscription. */
function objectRead(getter, classes) {
  const [, name] = /new (\w+?)List\(this, "\w+"/.exec(getter) ?? [];
  const body = name && classes.get(`${name}OutputReference`)?.body;
  if (!body) return undefined;
  const fields = {};
  for (const [, field, rest] of body.matchAll(
    /\/\/ (\w+) - computed: true, optional: false, required: false\n([\s\S]*?)(?=\n {2}\/\/ \w+ - computed|$)/g,
  )) {
    const type = objectRead(rest, classes) ?? typeRead(rest);
    fields[field] = type;
  }
  return Object.values(fields).includes('dynamic') ? undefined : ['list', ['object', fields]];
}

function blockOf(className, written, { classes, writers }) {
  const attributes = {};
  const block_types = {};
  const pattern =
    /\/\/ (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n([\s\S]*?)(?=\n {2}\/\/ \w+ - computed|\n {2}\/\/ =====|$)/g;
  for (const [, name, computed, optional, required, getter] of classes.get(className).body.matchAll(pattern)) {
    const field = written.get(name);
    if (!field?.isBlock) {
      const type = (field ? typeWritten(field) : (objectRead(getter, classes) ?? typeRead(getter))) ?? 'dynamic';
      attributes[name] = {
        type,
        computed: computed === 'true',
        optional: optional === 'true',
        required: required === 'true',
      };
      continue;
    }
    const [, nested] = /new (\w+?)(?:List|OutputReference|Map)\(this, "\w+"/.exec(getter) ?? [];
    const inner = nested ?? field.storage.replace(/(List|Set)$/, '');
    const reference = `${inner}OutputReference`;
    const isStruct = field.type === 'struct';
    block_types[name] = {
      nesting_mode: isStruct ? 'single' : field.type,
      min_items: required === 'true' ? 1 : 0,
      max_items: !isStruct && /OutputReference\(this/.test(getter) ? 1 : 0,
      block: classes.has(reference)
        ? blockOf(reference, writers.get(inner) ?? new Map(), { classes, writers })
        : { attributes: {}, block_types: {} },
    };
  }
  return { attributes, block_types };
}

/** Schema of the resource, data source or provider whose bindings lie in `folder`. */
export function readBindings(folder) {
  const source = sourceOf(folder);
  const classes = classesOf(source);
  const [root, { body }] = [...classes].find(([, { parent }]) =>
    /^Terraform(Resource|DataSource|Provider)$/.test(parent),
  );
  const [, attrs] = /synthesizeHclAttributes\(\)[\s\S]*?const attrs = \{([\s\S]*?)\n {4}\};/.exec(source) ?? [];
  const [, type = 'google'] = /tfResourceType = "([^"]+)"/.exec(body) ?? [];
  return { type, schema: blockOf(root, writtenFields(attrs), { classes, writers: writersOf(source) }) };
}
