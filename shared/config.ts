import { resolve } from 'node:path';
import { z } from 'zod';

const Environment = z.object({
  ATLAS_HOME: z.string().min(1).default('.atlas'),
  ATLAS_PORT: z.coerce.number().int().min(0).max(65_535).default(4600),
  ATLAS_PUBLIC_URL: z.url().optional(),
  ATLAS_HOST: z.string().min(1).default('127.0.0.1'),
  ATLAS_THREADS: z.coerce.number().int().min(1).max(64).optional(),
  ATLAS_LOG: z.enum(['DEBUG', 'INFO', 'WARNING', 'ERROR']).default('INFO'),
  ATLAS_WEBHOOK_HOSTS: z.string().default(''),
  GOOGLE_CLOUD_PROJECT: z.string().min(1).default('atlas-local'),
  GOOGLE_CLOUD_LOCATION: z.string().min(1).default('local'),
});

export interface Config {
  /** Folder that holds all state of the local mode. */
  readonly home: string;
  /** 0 picks a free port. */
  readonly port: number;
  readonly host: string;
  /** Where a function in a process of its own finds the server. */
  readonly publicUrl: string | undefined;
  /** Worker threads for 3D work; as many as there are cores when absent. */
  readonly threads: number | undefined;
  readonly logLevel: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  /** Hosts that webhooks may reach although they are private, separated by commas. */
  readonly webhookHostsAllowed: readonly string[];
  readonly project: string;
  readonly location: string;
}

/** Reads the settings from environment variables. @throws ZodError that names the variable */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const env = Environment.parse(environment);
  return {
    home: resolve(env.ATLAS_HOME),
    port: env.ATLAS_PORT,
    host: env.ATLAS_HOST,
    publicUrl: env.ATLAS_PUBLIC_URL,
    threads: env.ATLAS_THREADS,
    logLevel: env.ATLAS_LOG,
    webhookHostsAllowed: env.ATLAS_WEBHOOK_HOSTS.split(',').filter((host) => host !== ''),
    project: env.GOOGLE_CLOUD_PROJECT,
    location: env.GOOGLE_CLOUD_LOCATION,
  };
}
