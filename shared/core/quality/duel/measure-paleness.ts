import type { Picture } from '../metrics/picture.ts';
import { thresholds } from './thresholds.ts';

/**
 * Whether an object fades into a white background: enough of it pale, and most of it without colour. Luma is BT.601,
 * saturation that of HSV. Pictures have a transparent background.
 */
export function isPale(pictures: readonly Picture[]): boolean {
  const { paleShare, grayishShare, paleLuma, paleSaturation, grayishSaturation } = thresholds.gray;
  let [all, pale, grayish] = [0, 0, 0];
  for (const { data } of pictures) {
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3]! < 128) continue;
      const [r, g, b] = [data[at]!, data[at + 1]!, data[at + 2]!];
      const most = Math.max(r, g, b);
      const saturation = most === 0 ? 0 : (most - Math.min(r, g, b)) / most;
      all++;
      if (0.299 * r + 0.587 * g + 0.114 * b > paleLuma && saturation < paleSaturation) pale++;
      if (saturation < grayishSaturation) grayish++;
    }
  }
  return all > 0 && pale / all >= paleShare && grayish / all >= grayishShare;
}
