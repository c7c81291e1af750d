import type { Provenance, ReceiptStage } from '../schema/index.ts';

export const provenancePath = (tenantId: string, jobId: string): string => `tenants/${tenantId}/provenance/${jobId}`;

const entityId = (sha256: string): string => `atlas:sha256/${sha256}`;
const activityId = (stageKey: string): string => `atlas:stage/${stageKey}`;

/** W3C PROV graph of a job: files are entities, stages activities, engines and the tenant agents. */
export function provenanceOf(job: { tenantId: string }, stages: readonly ReceiptStage[]): Provenance {
  const graph: Provenance = {
    prefix: { prov: 'http://www.w3.org/ns/prov#', atlas: 'https://atlas-3d.dev/prov#' },
    entity: {},
    activity: {},
    agent: { [`atlas:tenant/${job.tenantId}`]: { 'prov:type': 'prov:Organization' } },
    used: {},
    wasGeneratedBy: {},
    wasDerivedFrom: {},
    wasAssociatedWith: {},
  };
  for (const stage of stages) {
    const activity = activityId(stage.stageKey);
    const agent = `atlas:engine/${stage.stage}/${stage.engineVersion}`;
    graph.agent[agent] = { 'prov:type': 'prov:SoftwareAgent', 'atlas:version': stage.engineVersion };
    graph.activity[activity] = {
      'prov:type': `atlas:${stage.stage}`,
      'atlas:parameters': JSON.stringify(stage.parameters),
      ...(stage.target ? { 'atlas:target': stage.target } : {}),
    };
    graph.wasAssociatedWith[`_:assoc/${stage.stageKey}`] = { 'prov:activity': activity, 'prov:agent': agent };
    for (const { name, digest } of [...stage.inputs, ...stage.outputs]) {
      graph.entity[entityId(digest.sha256)] = { 'prov:label': name, 'atlas:sha256': digest.sha256 };
    }
    for (const input of stage.inputs) {
      const used = { 'prov:activity': activity, 'prov:entity': entityId(input.digest.sha256) };
      graph.used[`_:used/${stage.stageKey}/${input.digest.sha256}`] = used;
    }
    const given = new Set(stage.inputs.map(({ digest }) => digest.sha256));
    for (const output of stage.outputs) {
      // A stage that found nothing to do gives back what it was given, which it did not make.
      if (given.has(output.digest.sha256)) continue;
      const entity = entityId(output.digest.sha256);
      const key = `${stage.stageKey}/${output.digest.sha256}`;
      graph.wasGeneratedBy[`_:gen/${key}`] = { 'prov:entity': entity, 'prov:activity': activity };
      for (const input of stage.inputs) {
        graph.wasDerivedFrom[`_:der/${key}/${input.digest.sha256}`] = {
          'prov:generatedEntity': entity,
          'prov:usedEntity': entityId(input.digest.sha256),
          'prov:activity': activity,
        };
      }
    }
  }
  return graph;
}
