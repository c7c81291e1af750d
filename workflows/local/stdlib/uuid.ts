import { std } from './std-function.ts';

/** The module `uuid`. */
export const uuidFunctions = [std('uuid.generate', [], (_, host) => host.uuid())];
