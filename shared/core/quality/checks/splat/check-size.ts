import { hugeOfDiagonal, tinyOfDiagonal } from '../../../splat/measure-splats.ts';
import { percent } from '../phrases.ts';
import { splatFault } from './splat-fault.ts';
import type { SplatCheck } from './splat-subject.ts';

/** No crowd of splats is too small to be seen or so large that it is fog, and their sizes follow the detail. */
export const checkSize: SplatCheck = (subject, profile) => {
  const { tinyShare, hugeShare, scaleCv, diagonal } = subject.measures;
  const { scales } = subject.cloud;
  const largest = (i: number): number => Math.max(scales[i * 3]!, scales[i * 3 + 1]!, scales[i * 3 + 2]!);
  return [
    ...splatFault('splats_tiny', subject, profile, {
      measured: tinyShare,
      message: `${percent(tinyShare)} of the splats are smaller than a tenth of a pixel of 512.`,
      marks: (i) => largest(i) < tinyOfDiagonal * diagonal,
    }),
    ...splatFault('splats_huge', subject, profile, {
      measured: hugeShare,
      message: `${percent(hugeShare)} of the splats are larger than 5 % of the diagonal.`,
      marks: (i) => largest(i) > hugeOfDiagonal * diagonal,
    }),
    ...splatFault('splats_uniform', subject, profile, {
      measured: scaleCv,
      message: `The sizes of the splats hardly differ: coefficient of variation ${scaleCv.toPrecision(2)}.`,
    }),
  ];
};
