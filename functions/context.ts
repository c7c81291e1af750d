import type { Log } from '../shared/log.ts';
import type {
  Clock,
  DocStore,
  Engine,
  Identity,
  MessageBus,
  ObjectStore,
  Outbound,
  Secrets,
  Signer,
  Telemetry,
  WorkflowRunner,
} from '../shared/ports/index.ts';

/** Settings that differ from place to place. */
export interface Settings {
  /** Base URL of the public API, without a slash at the end. */
  readonly publicUrl: string;
  /** Base URL under which the internal functions are called; the OIDC audience. */
  readonly functionsUrl: string;
  readonly project: string;
  /** Tests only: lets webhooks reach these hosts although they are private. */
  readonly webhookHostsAllowed: readonly string[];
}

/** Everything a function may use; `deps.ts` decides which adapter stands behind each port. */
export interface Deps {
  readonly docs: DocStore;
  readonly objects: ObjectStore;
  readonly bus: MessageBus;
  readonly workflows: WorkflowRunner;
  readonly engine: Engine;
  readonly identity: Identity;
  readonly signer: Signer;
  readonly secrets: Secrets;
  /** Requests to addresses that customers name. */
  readonly outbound: Outbound;
  /** Removes what is kept of a tenant outside documents and objects; absent where nothing of it can be removed. */
  readonly purgeOutside?: (tenantId: string) => Promise<{ messages: number; executions: number }>;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly settings: Settings;
}
