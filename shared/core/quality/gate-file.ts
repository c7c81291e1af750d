import type { Document, GLTF } from '@gltf-transform/core';
import type { AssetStats, Profile } from '../../schema/index.ts';
import type { DocumentAnalysis } from '../mesh/analyse/analyse-document.ts';
import type { Surface } from '../mesh/surface-distance.ts';
import type { MarkedFinding } from './marked-finding.ts';
import type { ColourReport } from './measure-base-colours.ts';
import type { Validation } from './validate-glb.ts';

/** A delivered file in the forms that checks look at. */
export interface GateFile {
  /** model, lod1, … */
  readonly name: string;
  /** The JSON part as delivered: the document forgets extensions that it does not know. */
  readonly json: GLTF.IGLTF;
  /** Decoded as a customer would. */
  readonly document: Document;
  readonly stats: AssetStats;
  /** What the scenes show, for comparing levels of detail. */
  readonly surface: Surface;
  readonly validation: Validation;
  /** Shape and UV sets of every mesh, measured once for all checks. */
  readonly analysis: DocumentAnalysis;
  /** Textures of colours; empty for levels of detail, which have those of the model. */
  readonly colours: ColourReport;
}

/** What a check may compare a file with. */
export interface GateContext {
  readonly profile: Profile;
  /** All files of the target, the full-detail model first. */
  readonly files: readonly GateFile[];
  /** Triangle budget that the plan gave the full-detail model, when there is one. */
  readonly triangles?: number | undefined;
}

/** Looks at one file and says what is wrong with it. An empty list is a pass. */
export type Check = (file: GateFile, context: GateContext) => MarkedFinding[];
