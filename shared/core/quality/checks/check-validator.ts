import type { Finding } from '../../../schema/index.ts';
import type { Check } from '../gate-file.ts';

/** Findings that one code may fill: the thousandth of a kind tells nothing that the tenth did not. */
const mostOfOneCode = 10;

/** Errors and warnings of gltf-validator. Its information and hints do not decide anything. */
export const checkValidator: Check = ({ name: file, validation }) => {
  const counts = new Map<string, number>();
  return validation.messages.flatMap(({ code, severity, message, pointer }): Finding[] => {
    if (severity !== 'error' && severity !== 'warning') return [];
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    if (count > mostOfOneCode) return [];
    const source = `gltf-validator ${validation.version}`;
    return [{ code, severity, file, message, source, ...(pointer === undefined ? {} : { pointer }) }];
  });
};
