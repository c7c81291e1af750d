import { isList, isMap, type Value, type ValueMap } from '../value.ts';
import { mapArg, std, stringArg } from './std-function.ts';

/** The module `map`: each function returns a new map. `map.get` answers null for whatever is not there, or is no map. */
export const mapFunctions = [
  std('map.get', ['map', 'keys'], ([map, keys]) => {
    const path = (isList(keys!) ? keys : [keys!]).map((key) => stringArg(key, 'keys'));
    return path.reduce<Value>((at, key) => (isMap(at) ? (at.get(key) ?? null) : null), map!);
  }),
  std('map.delete', ['map', 'key'], ([map, key]) => {
    const copy = new Map(mapArg(map, 'map'));
    copy.delete(stringArg(key, 'key'));
    return copy;
  }),
  std('map.merge', ['first', 'second'], ([first, second]) => {
    return new Map([...mapArg(first, 'first'), ...mapArg(second, 'second')]);
  }),
  std('map.merge_nested', ['first', 'second'], ([first, second]) =>
    mergeNested(mapArg(first, 'first'), mapArg(second, 'second')),
  ),
];

function mergeNested(first: ValueMap, second: ValueMap): ValueMap {
  const merged = new Map(first);
  for (const [key, value] of second) {
    const existing = merged.get(key);
    merged.set(key, existing !== undefined && isMap(existing) && isMap(value) ? mergeNested(existing, value) : value);
  }
  return merged;
}
