/**
 * Where the stages of the duel draw their lines. They are those of the judge of Bittensor subnet 17 (404-gen-subnet,
 * judge-service, multi-stage judge, 2026-06-24); penalties run from 0 (flawless) to 10 (unusable).
 */
export const thresholds = {
  front: {
    /** Both bad: from this mean penalty on, a difference up to `badDraw` is none. */
    badMean: 8,
    badDraw: 1.5,
    draw: 0.7,
    /** Share of the signed angles that must agree, once there are `signedAngles` of them. */
    consistency: 0.65,
    signedAngles: 3,
    /** Ours: fewer angles than this, judged in both orders and free of contradiction, decide nothing. */
    leastAngles: 2,
  },
  bestView: { gap: 1, strong: 2 },
  artifacts: { gap: 1 },
  checklist: { gap: 2, strong: 6 },
  /** Of three voters. */
  votersToAgree: 2,
  gray: {
    gap: 2,
    /** Shares of the foreground that make a candidate hard to see on white. */
    paleShare: 0.1,
    grayishShare: 0.6,
    paleLuma: 175,
    paleSaturation: 0.35,
    grayishSaturation: 0.28,
  },
  /** Of the four views right, back, left and top. */
  garbageViews: 3,
} as const;
