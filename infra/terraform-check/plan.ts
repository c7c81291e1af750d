import { z } from 'zod';

/** One thing that Terraform would make. */
export interface Resource {
  readonly address: string;
  readonly type: string;
  readonly values: Record<string, unknown>;
}

/** What `terraform show -json` says of a plan, as far as the rules ask. */
export interface Plan {
  readonly resources: readonly Resource[];
  readonly outputs: Record<string, unknown>;
  /** Names that an argument refers to, by module call, resource and argument path. */
  references(moduleName: string, resource: string, ...path: string[]): string[];
}

/** A rule that the plan breaks. */
export interface Finding {
  readonly rule: string;
  readonly address: string;
  readonly message: string;
}

const PlannedResource = z.object({
  address: z.string(),
  mode: z.string(),
  type: z.string(),
  values: z.record(z.string(), z.unknown()),
});
interface PlannedModule {
  resources?: z.infer<typeof PlannedResource>[] | undefined;
  child_modules?: PlannedModule[] | undefined;
}
const PlannedModule: z.ZodType<PlannedModule> = z.object({
  resources: z.array(PlannedResource).optional(),
  get child_modules() {
    return z.array(PlannedModule).optional();
  },
});
const Shown = z.object({
  planned_values: z.object({
    outputs: z.record(z.string(), z.object({ value: z.unknown().optional() })).optional(),
    root_module: PlannedModule,
  }),
  configuration: z.object({
    root_module: z.object({
      module_calls: z.record(
        z.string(),
        z.object({
          module: z.object({
            resources: z.array(z.object({ address: z.string(), expressions: z.unknown() })).optional(),
          }),
        }),
      ),
    }),
  }),
});

const resourcesOf = ({ resources = [], child_modules = [] }: PlannedModule): Resource[] => [
  ...resources.filter(({ mode }) => mode === 'managed'),
  ...child_modules.flatMap(resourcesOf),
];

/** Follows field names and list positions into JSON; undefined where there is nothing. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[step];
  }
  return here;
}

/** Reads the JSON form of a plan. @throws ZodError when Terraform writes something else */
export function readPlan(json: string): Plan {
  const { planned_values, configuration } = Shown.parse(JSON.parse(json));
  const calls = configuration.root_module.module_calls;
  return {
    resources: resourcesOf(planned_values.root_module),
    outputs: Object.fromEntries(
      Object.entries(planned_values.outputs ?? {}).map(([name, output]) => [name, output.value]),
    ),
    references(moduleName, resource, ...path) {
      const found = calls[moduleName]?.module.resources?.find(({ address }) => address === resource);
      const steps = path.flatMap((step, index) => (index < path.length - 1 ? [step, 0] : [step]));
      const references = at(found?.expressions, ...steps, 'references');
      return Array.isArray(references) ? references.map(String) : [];
    },
  };
}
