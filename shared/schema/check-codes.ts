import { LimitName } from './profile.ts';

/**
 * How far a tenant’s policy reaches.
 * - `free`: any action. The code judges looks and workmanship, which are the customer’s to judge.
 * - `guarded`: any action where it is a warning; where the target makes an error of it, the error stays.
 * - `fixed`: nothing. A file with it cannot be opened, is not what was ordered, or shows nothing.
 */
export interface CheckCodeRule {
  readonly reach: 'free' | 'guarded' | 'fixed';
  /** Whether its limit is a number that a policy may change. */
  readonly hasLimit: boolean;
}

const rulesOf = (names: readonly string[], rule: CheckCodeRule): [string, CheckCodeRule][] =>
  names.map((name) => [name, rule]);

/** Findings on shape, placement, layout and colours. */
const looks = [
  ...['floaters', 'holes', 'non_manifold_edges', 'non_manifold_points', 'self_intersection', 'degenerate_triangles'],
  ...['duplicate_triangles', 'inside_out', 'winding_inconsistent', 'thin_parts', 'scale_too_large', 'scale_too_small'],
  ...['pivot_outside', 'pivot_off', 'up_axis', 'uv_missing', 'uv_none', 'uv_overlap', 'uv_mirrored', 'uv_stretch'],
  ...['uv_density_spread', 'uv_gutter', 'uv_out_of_range', 'uv_clamped', 'uv_zero_area', 'uv_seams', 'uv_waste'],
  ...['texture_blurred', 'baked_light', 'texture_flat', 'texture_pale', 'texture_seams', 'metallic_by_omission'],
  ...[
    'holes_visible',
    'silhouette_tiny',
    'view_inconsistency',
    'fidelity_flip',
    'fidelity_silhouette',
    'fidelity_distance',
  ],
];

/** Files that cannot be opened or drawn, that are not valid, or that are not what was ordered. */
const validity = [
  ...['no_files', 'file_unreadable', 'no_triangles', 'no_extent', 'position_not_finite', 'index_out_of_range'],
  ...['image_unreadable', 'image_type_not_read', 'extension_not_read', 'budget_exceeded', 'lod_not_lighter'],
  ...['part_lost', 'kind_not_taken', 'splats_not_taken', 'splats_none', 'splats_broken'],
];

/** Findings on clouds of splats. */
const splats = [
  ...['splats_few', 'splats_many', 'splats_degree', 'splats_unseen', 'splats_faint', 'splats_hazy'],
  ...['splats_outline_tiny', 'splats_tiny', 'splats_huge', 'splats_uniform', 'splats_unturned', 'splats_floating'],
];

/** The finding code of a limit, such as `limit_size_bytes`. */
export const limitCode = (name: LimitName): string =>
  `limit_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;

/** Every finding code of Atlas’ own that a gate report may hold; codes of gltf-validator, in capitals, are `fixed`. */
export const checkCodes: ReadonlyMap<string, CheckCodeRule> = new Map([
  ...rulesOf(looks, { reach: 'free', hasLimit: true }),
  ...rulesOf(splats, { reach: 'free', hasLimit: true }),
  // Off unless a profile or a policy has a rule for it.
  ...rulesOf(['content_unsafe'], { reach: 'guarded', hasLimit: true }),
  ...rulesOf(['content_not_checked'], { reach: 'guarded', hasLimit: false }),
  ...rulesOf(LimitName.options.map(limitCode), { reach: 'guarded', hasLimit: true }),
  ...rulesOf(['extension_ignored', 'views_incomplete'], { reach: 'guarded', hasLimit: false }),
  ...rulesOf(validity, { reach: 'fixed', hasLimit: false }),
]);
