import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { bearer } from '../../functions/bearer.ts';
import { type LocalDeps, localDeps } from '../../functions/deps.ts';
import { functionNames, registerFunctions } from '../../functions/index.ts';
import { runSweeps, sweepNames } from '../../functions/sweep/sweep.ts';
import { localBucket } from '../../shared/adapters/local/disk-object-store.ts';
import { signedObjects } from '../../shared/adapters/local/gcs/signed-objects.ts';
import { sweepParts } from '../../shared/adapters/local/part-file.ts';
import { releaseLeases } from '../../shared/adapters/local/release-leases.ts';
import type { Config } from '../../shared/config.ts';
import { describeError, type Log } from '../../shared/log.ts';
import { limits } from '../../shared/schema/index.ts';
import type { Clock } from '../../workflows/local/clock.ts';
import { collectBody } from './collect-body.ts';
import { lockHome } from './home-lock.ts';
import { pushEvent } from './push-event.ts';
import { type WorkflowHost, workflowHost } from './workflow-host.ts';

export interface LocalServer {
  readonly url: string;
  readonly deps: LocalDeps;
  close(): Promise<void>;
}

/** What crashes left, what operators asked for and what is over is looked at this often; in the cloud a scheduler does it. */
const sweepMs = 30_000;
/** Time of one such look; what takes longer goes on with the next. */
const sweepBudgetMs = 20_000;
/** How long a closing server waits for steps under way; what takes longer is cut off and done again by the next one. */
const drainMs = 5000;

type Handler = (req: IncomingMessage, res: ServerResponse) => void | Promise<void>;

const workflowUrl = new URL(
  import.meta.url.endsWith('.ts') ? '../../workflows/produce-asset.yaml' : './workflows/produce-asset.yaml',
  import.meta.url,
);

/** Runs the functions behind the Functions Framework, each called with an identity token as Cloud Run demands. */
function functionsHandler(deps: LocalDeps): Handler {
  const servers = new Map<string, Server>(functionNames.map((name) => [name, getTestServer(name)]));
  return async (req, res) => {
    const [, name = '', rest = ''] = /^\/fn\/([a-z]+)(.*)$/.exec(req.url ?? '') ?? [];
    const server = name === 'api' ? undefined : servers.get(name);
    const caller = await deps.identity.verify(bearer(req), deps.settings.functionsUrl);
    if (!server || !caller) {
      deps.log('WARNING', server ? 'identity token refused' : 'no such function', {
        function: name,
        method: req.method,
      });
      res.writeHead(server ? 401 : 404).end();
      return;
    }
    req.url = rest.startsWith('/') ? rest : `/${rest}`;
    server.emit('request', req, res);
  };
}

function apiHandler(): Handler {
  const server = getTestServer('api');
  return async (req, res) => {
    await collectBody(req, limits.requestBytes);
    server.emit('request', req, res);
  };
}

/** Sends each request to the part that answers it in the cloud. */
function front(deps: LocalDeps, workflows: WorkflowHost): Handler {
  const objects = signedObjects({
    ...{ keys: [deps.urlKey], clock: deps.clock, faults: 'problem' },
    bucket: async (name) => (name === localBucket ? deps.bucket : undefined),
  });
  const functions = functionsHandler(deps);
  const api = apiHandler();
  return (req, res) => {
    const path = req.url ?? '/';
    if (path.startsWith(`/${localBucket}/`)) return objects(req, res);
    if (path.startsWith('/fn/')) return functions(req, res);
    if (path.startsWith('/v1/projects/')) return workflows.handle(req, res);
    if (path === '/metrics') {
      res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(deps.metricsText());
      return;
    }
    return api(req, res);
  };
}

const listen = (server: Server, config: Config): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.port, config.host, () => {
      const { port } = server.address() as AddressInfo;
      resolve(`http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`);
    });
  });

/**
 * Starts the whole of Atlas in this process on one port: API, functions, bus, workflow engine and stores. Work that an
 * earlier process left unfinished goes on.
 *
 * @param register - registers the functions; the bench puts stages that do nothing in their place.
 * @param workflowClock - by which waits of workflows end; the machine’s clock when absent.
 * @throws HomeTaken when another process works in the same folder
 */
export async function startLocalServer(
  config: Config,
  log: Log,
  register: (deps: LocalDeps) => void = registerFunctions,
  workflowClock?: Clock,
): Promise<LocalServer> {
  const lock = lockHome(config.home);
  let url = '';
  const deps: LocalDeps = localDeps(config, log, {
    url: () => url,
    push: async (message) => {
      const name = message.topic.replace(/^atlas-/, '');
      const token = await deps.identity.mint(deps.settings.functionsUrl);
      await pushEvent(`${url}/fn/${name}`, token, config.project, message);
    },
  });
  if (config.mode === 'local') releaseLeases(deps.db);
  await sweepParts(deps.bucket.incoming, deps.clock.now());
  register(deps);
  const workflows = workflowHost(deps, config, readFileSync(workflowUrl, 'utf8'), {
    url: () => url,
    ...(workflowClock ? { clock: workflowClock } : {}),
  });
  const handle = front(deps, workflows);
  const server = createServer((req, res) => {
    Promise.resolve(handle(req, res)).catch((error: unknown) => {
      log('ERROR', 'request failed', { error: describeError(error) });
      if (!res.headersSent) res.writeHead(500);
      res.end();
    });
  });
  // An upload of half a gigabyte over a slow line; answers and event streams are not bound by it.
  server.requestTimeout = 3_600_000;
  server.keepAliveTimeout = 30_000;
  try {
    url = await listen(server, config);
  } catch (error) {
    lock.release();
    await deps.close();
    throw error;
  }
  lock.announce(url);
  workflows.resume();
  deps.bus.start();
  const sweep = async (): Promise<void> => {
    deps.bus.pickUp();
    await runSweeps(deps, sweepNames, sweepBudgetMs);
  };
  await sweep();
  let swept = Promise.resolve();
  const sweeping = setInterval(() => {
    swept = swept
      .then(sweep)
      .catch((error: unknown) => log('ERROR', 'sweeps not run', { error: describeError(error) }));
  }, sweepMs);
  return {
    url,
    deps,
    async close() {
      clearInterval(sweeping);
      // Steps under way may end and be written down; callbacks still arrive meanwhile.
      const drained = Promise.all([deps.bus.stop(), swept]);
      await Promise.race([drained, sleep(drainMs, undefined, { ref: false })]);
      workflows.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await deps.close();
      lock.release();
    },
  };
}
