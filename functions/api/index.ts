import { http } from '@google-cloud/functions-framework';
import { deployedDeps } from '../deps.ts';
import { onFirstUse } from '../on-first-use.ts';
import { apiHandler } from './api.ts';

http(
  'api',
  onFirstUse(() => apiHandler(deployedDeps(process.env))),
);
