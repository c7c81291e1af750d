/** What a check takes for a fault when the profile says nothing else. */
export interface CheckDefault {
  readonly severity: 'error' | 'warning' | 'info';
  /** The last value that passes, in `unit`. */
  readonly limit: number;
  /** Whether more than the limit is the fault, or less. */
  readonly fault: 'above' | 'below';
  readonly unit: string;
  /** Why this severity and this limit. */
  readonly reason: string;
  readonly remedy: string;
}

/** Limits named “measured” were set on 17 files as ten generators and a scanner deliver them, all of them usable. */
export const checkRules = {
  floaters: {
    severity: 'warning',
    limit: 0,
    fault: 'above',
    unit: 'pieces',
    reason: 'Each is seen as a speck in the air; only pieces under 0.5 % of the area that touch nothing are counted.',
    remedy: 'Delete the loose pieces.',
  },
  holes: {
    severity: 'warning',
    limit: 0,
    fault: 'above',
    unit: 'openings',
    reason: 'One can look inside; openings under 0.3 % of the diagonal, about two pixels of 512, are not counted.',
    remedy: 'Fill the openings, or close them with a patch.',
  },
  non_manifold_edges: {
    severity: 'warning',
    limit: 0.0003,
    fault: 'above',
    unit: 'share of the edges',
    reason:
      'Drawn like any other edge, but collision, subdivision and boolean tools refuse them. Rounding packed positions makes up to 0.005 % of them.',
    remedy: 'Delete inner faces, or split the edges.',
  },
  non_manifold_points: {
    severity: 'info',
    limit: 0,
    fault: 'above',
    unit: 'points',
    reason: 'Two surfaces that touch in a point; only printing and subdivision mind.',
    remedy: 'Split the points.',
  },
  self_intersection: {
    severity: 'warning',
    limit: 0.005,
    fault: 'above',
    unit: 'share of the triangles',
    reason:
      'Within one piece; measured: up to 0.26 % in folds that nobody sees. Pieces that stand in each other are usual.',
    remedy: 'Rebuild the surface there, or unite the volumes.',
  },
  degenerate_triangles: {
    severity: 'warning',
    limit: 0.005,
    fault: 'above',
    unit: 'share of the triangles',
    reason: 'They draw nothing; rounding packed positions makes up to 0.35 % of them, a broken export more.',
    remedy: 'Remove triangles without area.',
  },
  duplicate_triangles: {
    severity: 'warning',
    limit: 0.001,
    fault: 'above',
    unit: 'share of the triangles',
    reason:
      'Two faces at one place flicker where they differ; measured: up to 0.004 %. Back to back they do not count.',
    remedy: 'Remove repeated triangles.',
  },
  inside_out: {
    severity: 'error',
    limit: 0.01,
    fault: 'above',
    unit: 'share of the area',
    reason: 'Engines do not draw the backs of faces: one sees the far wall from within.',
    remedy: 'Flip the faces of these pieces.',
  },
  winding_inconsistent: {
    severity: 'warning',
    limit: 0.0005,
    fault: 'above',
    unit: 'share of the area',
    reason: 'Faces against their neighbours look like holes; measured: none.',
    remedy: 'Make the faces agree with their neighbours.',
  },
  thin_parts: {
    severity: 'info',
    limit: 0.05,
    fault: 'above',
    unit: 'share of the area thinner than 0.2 % of the diagonal',
    reason: 'They flicker from afar and vanish in levels of detail; spokes and leaves are right to be thin.',
    remedy: 'Thicken them, or make cards of them.',
  },
  scale_too_large: {
    severity: 'warning',
    limit: 50,
    fault: 'above',
    unit: 'metres',
    reason: 'glTF counts in metres; a house has 30. Files in centimetres come out a hundred times too large.',
    remedy: 'Scale the model to its real size.',
  },
  scale_too_small: {
    severity: 'warning',
    limit: 0.02,
    fault: 'below',
    unit: 'metres',
    reason: 'glTF counts in metres; a chess piece has 0.04.',
    remedy: 'Scale the model to its real size.',
  },
  pivot_outside: {
    severity: 'warning',
    limit: 0.05,
    fault: 'above',
    unit: 'share of the diagonal',
    reason: 'Turned or scaled, it moves away from its place; a hinge on its border is right.',
    remedy: 'Move the model to the origin.',
  },
  pivot_off: {
    severity: 'info',
    limit: 0.1,
    fault: 'above',
    unit: 'share of the diagonal',
    reason: 'Neither in the middle nor in the middle of the underside, the two usual places; measured: up to 4 %.',
    remedy: 'Put the middle of the underside at the origin.',
  },
  up_axis: {
    severity: 'info',
    limit: 0.75,
    fault: 'above',
    unit: 'confidence',
    reason:
      'Told from the form alone: right on sixteen generated models, wrong on a plain table and on models with debris around them (bench of the gate).',
    remedy: 'Turn the model so that +Y is up.',
  },
  uv_missing: {
    severity: 'error',
    limit: 0,
    fault: 'above',
    unit: 'textures',
    reason: 'A texture without coordinates cannot be drawn.',
    remedy: 'Unwrap the mesh, or remove the texture.',
  },
  uv_none: {
    severity: 'info',
    limit: 0,
    fault: 'above',
    unit: 'meshes',
    reason: 'Vertex colours need no coordinates, textures and light maps do.',
    remedy: 'Unwrap the mesh and bake its colours.',
  },
  uv_overlap: {
    severity: 'warning',
    limit: 0.005,
    fault: 'above',
    unit: 'share of the covered texels',
    reason: 'Baking and painting one place changes another; measured: up to 0.06 %.',
    remedy: 'Unwrap again, or move the charts apart.',
  },
  uv_mirrored: {
    severity: 'info',
    limit: 0.01,
    fault: 'above',
    unit: 'share of the UV area',
    reason: 'Usual and harmless with tangents of their own; text reads backwards, and some light mappers refuse it.',
    remedy: 'Mirror these charts.',
  },
  uv_stretch: {
    severity: 'warning',
    limit: 0.15,
    fault: 'above',
    unit: 'share of the area whose texels are over twice as long as wide',
    reason: 'Seen as streaks; measured: up to 10 %.',
    remedy: 'Unwrap again with more seams.',
  },
  uv_density_spread: {
    severity: 'warning',
    limit: 4,
    fault: 'above',
    unit: 'times, 95th over 5th percentile',
    reason: 'Sharp beside blurred; measured: up to 2.5.',
    remedy: 'Scale the charts to one texel density.',
  },
  uv_gutter: {
    severity: 'info',
    limit: 2,
    fault: 'below',
    unit: 'texels of a texture of 1024, 5th percentile of the charts',
    reason: 'Colours of neighbours bleed in from the second mip level on; most generators leave less.',
    remedy: 'Pack with more padding, and dilate the texture.',
  },
  uv_out_of_range: {
    severity: 'info',
    limit: 0.001,
    fault: 'above',
    unit: 'share of the area',
    reason: 'Right for textures that repeat; an atlas must not.',
    remedy: 'Move the charts into 0–1.',
  },
  uv_clamped: {
    severity: 'warning',
    limit: 0.001,
    fault: 'above',
    unit: 'share of the area',
    reason: 'Outside 0–1 the sampler draws its border as streaks.',
    remedy: 'Move the charts into 0–1, or let the texture repeat.',
  },
  uv_zero_area: {
    severity: 'warning',
    limit: 0.001,
    fault: 'above',
    unit: 'share of the area',
    reason: 'One texel smeared over a face, and no tangents; measured: up to 0.08 %.',
    remedy: 'Unwrap these triangles.',
  },
  texture_seams: {
    severity: 'warning',
    limit: 0.1,
    fault: 'above',
    unit: 'share of the seams’ length on smooth surface',
    reason:
      'Colours that do not meet draw the outline of a chart on the surface; measured: up to 0.08, 0.27 in the hidden folds of a tree, and 0.43 in a room where one sees it.',
    remedy: 'Bake or paint the texture again across its charts, with a border of some texels around each.',
  },
  uv_seams: {
    severity: 'info',
    limit: 0.25,
    fault: 'above',
    unit: 'share of the edges',
    reason: 'Each doubles vertices and may show; measured: 5–29 %.',
    remedy: 'Unwrap into larger charts.',
  },
  uv_waste: {
    severity: 'info',
    limit: 0.25,
    fault: 'below',
    unit: 'share of the texture that is used',
    reason: 'Three quarters of the texture memory hold nothing; measured: 13–74 %.',
    remedy: 'Pack the charts again, or use a smaller texture.',
  },
  texture_blurred: {
    severity: 'warning',
    limit: 0.5,
    fault: 'below',
    unit: 'scale to which it could shrink unseen',
    reason: 'A texture that was enlarged, or blurred: a quarter of its memory shows the same.',
    remedy: 'Use a sharper source, or halve the texture.',
  },
  baked_light: {
    severity: 'info',
    limit: 0.3,
    fault: 'above',
    unit: 'R² of brightness over the direction of the surface',
    reason: 'A weak measure: paint that follows direction passes for light, occlusion is not seen.',
    remedy: 'Take the light out of the base colour.',
  },
  texture_flat: {
    severity: 'warning',
    limit: 2,
    fault: 'below',
    unit: 'bits of entropy',
    reason: 'One colour in many texels; measured: 4.1 bits and more. Palettes of up to 32 × 32 are left out.',
    remedy: 'Generate the texture again, or use a colour factor.',
  },
  texture_pale: {
    severity: 'warning',
    limit: 0.95,
    fault: 'above',
    unit: 'share of pale texels',
    reason: 'Bounds of the 404 network’s judge; measured: up to 91 % on models that are white by right.',
    remedy: 'Generate the texture again.',
  },
  metallic_by_omission: {
    severity: 'warning',
    limit: 0,
    fault: 'above',
    unit: 'materials',
    reason: 'glTF takes 1 where nothing is stated: drawn dark, like metal. Explicit metal of a whole model is rare.',
    remedy: 'State metallicFactor, 0 for anything but metal.',
  },
} as const satisfies Record<string, CheckDefault>;

/** Finding codes whose severity and limit a profile may change. */
export type CheckCode = keyof typeof checkRules;
