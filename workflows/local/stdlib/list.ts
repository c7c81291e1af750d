import { listArg, std } from './std-function.ts';

/** The module `list`: each function returns a new list. */
export const listFunctions = [
  std('list.concat', ['objs', 'val'], ([objs, value]) => [...listArg(objs, 'objs'), value!]),
  std('list.prepend', ['objs', 'val'], ([objs, value]) => [value!, ...listArg(objs, 'objs')]),
];
