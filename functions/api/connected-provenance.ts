import type { Provenance } from '../../shared/schema/index.ts';

type Records = Record<string, Record<string, unknown>>;

const pick = (records: Records, keep: (id: string, record: Record<string, unknown>) => boolean): Records =>
  Object.fromEntries(Object.entries(records).filter(([id, record]) => keep(id, record)));

/**
 * The part of a job’s graph that one file came out of: its entity, and from there backwards every activity that made it,
 * what those used, and who was responsible. Siblings (files made from the same source) are left out.
 *
 * @param sha256 - hash of the file’s bytes, by which the graph names entities.
 */
export function connectedProvenance(graph: Provenance, sha256: string): Provenance {
  const entities = new Set(Object.keys(pick(graph.entity, (_id, record) => record['atlas:sha256'] === sha256)));
  const activities = new Set<string>();
  const queue = [...entities];
  for (let entity = queue.pop(); entity !== undefined; entity = queue.pop()) {
    for (const made of Object.values(graph.wasGeneratedBy)) {
      const activity = String(made['prov:activity']);
      if (made['prov:entity'] !== entity || activities.has(activity)) continue;
      activities.add(activity);
      for (const used of Object.values(graph.used)) {
        const input = String(used['prov:entity']);
        if (used['prov:activity'] !== activity || entities.has(input)) continue;
        entities.add(input);
        queue.push(input);
      }
    }
  }
  const hasEntity = (id: unknown): boolean => entities.has(String(id));
  const hasActivity = (id: unknown): boolean => activities.has(String(id));
  const wasAssociatedWith = pick(graph.wasAssociatedWith, (_id, link) => hasActivity(link['prov:activity']));
  const agents = new Set(Object.values(wasAssociatedWith).map((link) => String(link['prov:agent'])));
  return {
    prefix: graph.prefix,
    entity: pick(graph.entity, hasEntity),
    activity: pick(graph.activity, hasActivity),
    agent: pick(graph.agent, (id) => agents.has(id) || id.startsWith('atlas:tenant/')),
    used: pick(graph.used, (_id, link) => hasActivity(link['prov:activity']) && hasEntity(link['prov:entity'])),
    wasGeneratedBy: pick(
      graph.wasGeneratedBy,
      (_id, link) => hasActivity(link['prov:activity']) && hasEntity(link['prov:entity']),
    ),
    wasDerivedFrom: pick(
      graph.wasDerivedFrom,
      (_id, link) => hasEntity(link['prov:generatedEntity']) && hasEntity(link['prov:usedEntity']),
    ),
    wasAssociatedWith,
  };
}
