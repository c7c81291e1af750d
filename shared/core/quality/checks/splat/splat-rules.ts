import type { CheckDefault } from '../check-rules.ts';

/**
 * What the checks of splat clouds take for a fault when the profile says nothing else. “Measured” are three clouds of the
 * 404 network: two good ones, and one whose training was broken off. “Network” are the bounds of its former validator.
 */
export const splatRules = {
  splats_not_taken: {
    severity: 'error',
    limit: 0,
    fault: 'above',
    unit: 'files',
    reason: 'The targets are loaders of glTF meshes. A target that draws splats turns this off.',
    remedy: 'Generate a mesh instead, or show the splats with a viewer made for them.',
  },
  splats_none: {
    severity: 'error',
    limit: 1,
    fault: 'below',
    unit: 'visible splats',
    reason: 'There is nothing to see.',
    remedy: 'Generate the model again.',
  },
  splats_broken: {
    severity: 'error',
    limit: 0,
    fault: 'above',
    unit: 'splats',
    reason: 'Viewers sort and blend by these numbers: one that is not finite can blank a whole picture.',
    remedy: 'Remove the splats with values that are not finite.',
  },
  splats_few: {
    severity: 'warning',
    limit: 7_000,
    fault: 'below',
    unit: 'splats',
    reason: 'Network: fewer show no detail.',
    remedy: 'Train longer, with densification.',
  },
  splats_many: {
    severity: 'warning',
    limit: 500_000,
    fault: 'above',
    unit: 'splats',
    reason: 'Phones sort about half a million a frame; measured: up to 267,776.',
    remedy: 'Prune faint splats, or train with fewer.',
  },
  splats_degree: {
    severity: 'info',
    limit: 2,
    fault: 'above',
    unit: 'degree of the harmonics',
    reason: 'Degree 3 fills 45 of the 59 numbers of a splat; most viewers show no difference from 2.',
    remedy: 'Write the cloud with degree 2 or less.',
  },
  splats_unseen: {
    severity: 'warning',
    limit: 0.1,
    fault: 'above',
    unit: 'share of the splats under 1/255 opacity',
    reason: 'They change no pixel and are paid for in every frame; network: 80 % is a refusal; measured: none.',
    remedy: 'Prune them.',
  },
  splats_faint: {
    severity: 'warning',
    limit: 0.2,
    fault: 'above',
    unit: 'share of the splats under 5 % opacity',
    reason: 'Haze: training was broken off before it pruned. Measured: 0.3 and 7.6 % on good clouds, 32 % on that one.',
    remedy: 'Train to the end, or prune them.',
  },
  splats_hazy: {
    severity: 'warning',
    limit: 0.04,
    fault: 'above',
    unit: 'share of the pictures, rims aside, that is half seen through',
    reason:
      'Surfaces should be closed; measured: 0.2 and 0.4 % on good clouds, 6 % on the other. Slats with gaps count too.',
    remedy: 'Train longer.',
  },
  splats_outline_tiny: {
    severity: 'warning',
    limit: 0.0005,
    fault: 'below',
    unit: 'share of a picture',
    reason: 'Seen from some side there is nothing; measured: 7 % and more.',
    remedy: 'Look for strays far away, and for clouds that are flat or almost clear.',
  },
  splats_tiny: {
    severity: 'warning',
    limit: 0.1,
    fault: 'above',
    unit: 'share of the splats smaller than 0.02 % of the diagonal',
    reason: 'Less than a tenth of a pixel of 512; measured: none.',
    remedy: 'Prune them, or train again.',
  },
  splats_huge: {
    severity: 'warning',
    limit: 0.01,
    fault: 'above',
    unit: 'share of the splats larger than 5 % of the diagonal',
    reason: 'They wrap the model in fog and are slow to draw; measured: up to 0.06 %.',
    remedy: 'Split or prune them.',
  },
  splats_uniform: {
    severity: 'warning',
    limit: 0.25,
    fault: 'below',
    unit: 'coefficient of variation of the size',
    reason: 'Training fits sizes to detail; measured: 0.41 and 0.97 on good clouds, 0.17 on the other.',
    remedy: 'Train to the end.',
  },
  splats_unturned: {
    severity: 'warning',
    limit: 0.9,
    fault: 'above',
    unit: 'share of the splats turned alike',
    reason: 'Network: clouds of which no splat was turned are refused; they were never trained.',
    remedy: 'Train to the end.',
  },
  splats_floating: {
    severity: 'warning',
    limit: 0.005,
    fault: 'above',
    unit: 'share of all opacity',
    reason: 'Specks in the air; measured: up to 0.14 %, in 57 pieces that hardly show.',
    remedy: 'Delete the loose pieces.',
  },
} as const satisfies Record<string, CheckDefault>;

/** Finding codes of splat clouds whose severity and limit a profile may change. */
export type SplatCode = keyof typeof splatRules;
