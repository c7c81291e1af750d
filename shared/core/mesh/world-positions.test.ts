import { expect, test } from '@jest/globals';
import { sphereDocument } from '../../testing/sphere-document.ts';
import { worldPositions } from './world-positions.ts';
import { worldScale } from './world-scale.ts';

const parts = (options: Parameters<typeof sphereDocument>[0]) => {
  const document = sphereDocument(options);
  const node = document
    .getRoot()
    .listNodes()
    .find((candidate) => candidate.getMesh())!;
  return { document, node, primitive: node.getMesh()!.listPrimitives()[0]! };
};

const top = (positions: Float32Array): number => Math.max(...positions.filter((_, i) => i % 3 === 1));

test('follow the transform of the node', () => {
  const { node, primitive } = parts({});
  node.setScale([1, 3, 1]).setTranslation([0, 10, 0]);
  expect(top(worldPositions(node, primitive))).toBeCloseTo(11.5, 5);
  expect(worldScale(node)).toBeCloseTo(3, 6);
});

test('of a node that does nothing are the stored array itself', () => {
  const { node, primitive } = parts({});
  expect(worldPositions(node, primitive)).toBe(primitive.getAttribute('POSITION')!.getArray());
});

test('of a skinned mesh ignore its own node and follow the joints', () => {
  const { document, node, primitive } = parts({ skin: true });
  node.setScale([0.01, 0.01, 0.01]);
  expect(top(worldPositions(node, primitive))).toBeCloseTo(0.5, 5);
  const joint = document
    .getRoot()
    .listNodes()
    .find((candidate) => candidate.getName() === 'joint 0.5')!;
  joint.setTranslation([0, 1.5, 0]);
  expect(top(worldPositions(node, primitive))).toBeCloseTo(1.5, 5);
  expect(worldScale(node)).toBeCloseTo(1, 6);
});
