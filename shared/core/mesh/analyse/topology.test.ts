import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildTopology, edgesWhere, labelComponents } from './topology.ts';

test('edges and components agree with counting them in maps, for any triangles', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(15), { maxLength: 90 }), (corners) => {
      const indices = Uint32Array.from(corners.slice(0, corners.length - (corners.length % 3)));
      // Two vertices stand at each place.
      const positions = Float32Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? Math.floor(i / 6) : 0));
      const edges = new Map<string, number>();
      const groups: Set<number>[] = [];
      for (let i = 0; i < indices.length; i += 3) {
        const face = [0, 1, 2].map((k) => positions[indices[i + k] * 3]);
        if (new Set(face).size < 3) continue;
        for (const [a, b] of [
          [0, 1],
          [1, 2],
          [2, 0],
        ]) {
          const key = [face[a], face[b]].sort().join();
          edges.set(key, (edges.get(key) ?? 0) + 1);
        }
        const joined = groups.filter((group) => face.some((place) => group.has(place)));
        for (const group of joined) groups.splice(groups.indexOf(group), 1);
        groups.push(new Set([...face, ...joined.flatMap((group) => [...group])]));
      }
      const topology = buildTopology({ positions, indices });
      for (const faces of [1, 2, 3, 4]) {
        const expected = [...edges.values()].filter((count) => count === faces).length;
        expect(edgesWhere(topology, (count) => count === faces)).toHaveLength(expected);
      }
      expect(topology.edges).toBe(edges.size);
      expect(labelComponents(topology).count).toBe(groups.length);
    }),
  );
});
