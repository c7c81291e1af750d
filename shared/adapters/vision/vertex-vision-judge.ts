import type { VisionJudge } from '../../ports/index.ts';
import { type OpenAiVisionOptions, openAiVisionJudge } from './openai-vision-judge.ts';

/**
 * Base URL of Vertex AI’s OpenAI-compatible endpoint.
 * https://docs.cloud.google.com/gemini-enterprise-agent-platform/reference/rest/v1beta1/projects.locations.endpoints.chat/completions
 */
export function vertexUrl(project: string, location: string): string {
  const host = location === 'global' ? 'aiplatform.googleapis.com' : `${location}-aiplatform.googleapis.com`;
  return `https://${host}/v1beta1/projects/${project}/locations/${location}/endpoints/openapi`;
}

/** A model on Vertex AI, such as google/gemini-2.5-flash. `token` gives access tokens of the account in use. */
export const vertexVisionJudge = ({
  project,
  location,
  ...options
}: Omit<OpenAiVisionOptions, 'url' | 'token'> & {
  readonly project: string;
  readonly location: string;
  readonly token: () => Promise<string>;
}): VisionJudge => openAiVisionJudge({ ...options, url: vertexUrl(project, location) });
