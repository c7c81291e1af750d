import { expect, test } from '@jest/globals';
import { angleOf, cosDegrees, expNegative, exponential, log2Above1, power24, sinDegrees } from './stable-math.ts';

test('sine and cosine agree with the platform within 1e-15, and are exact at quarter turns', () => {
  for (let degrees = -720; degrees <= 720; degrees += 7.3) {
    expect(Math.abs(sinDegrees(degrees) - Math.sin((degrees * Math.PI) / 180))).toBeLessThan(3e-15);
    expect(Math.abs(cosDegrees(degrees) - Math.cos((degrees * Math.PI) / 180))).toBeLessThan(3e-15);
  }
  expect([0, 90, 180, 270, 360].map((d) => sinDegrees(d) + 0)).toEqual([0, 1, 0, -1, 0]);
  expect([0, 90, 180, 270, 360].map((d) => cosDegrees(d) + 0)).toEqual([1, 0, -1, 0, 1]);
});

test('the angle of two vectors agrees with atan2', () => {
  for (const dot of [-3, -1, -0.01, 0, 0.2, 1, 50]) {
    for (const cross of [0.001, 0.5, 1, 20]) expect(angleOf(dot, cross)).toBeCloseTo(Math.atan2(cross, dot), 9);
  }
  expect(angleOf(1, 0)).toBe(0);
  expect(angleOf(-1, 0)).toBeCloseTo(Math.PI, 12);
});

test('powers agree with the platform', () => {
  for (let x = -40; x < 40; x += 1.7) expect(exponential(x) / Math.exp(x)).toBeCloseTo(1, 12);
  for (let x = 0; x < 15; x += 0.0137) expect(Math.abs(expNegative(x) - Math.exp(-x))).toBeLessThan(2e-6);
  expect(expNegative(16)).toBe(0);
  for (let x = 0; x <= 1; x += 0.01) expect(power24(x)).toBeCloseTo(x ** 2.4, 12);
  for (let x = 1; x < 1e6; x *= 1.13) expect(Math.abs(log2Above1(x) - Math.log2(x))).toBeLessThan(1e-4);
});
