import { expect, test } from '@jest/globals';
import { recogniseError, recogniserNames } from './recognise-error.ts';

/** Messages in the shape in which gcloud, Terraform and Google’s APIs print them; names are made up. */
const messages: [name: string, message: string, says: RegExp][] = [
  ['not installed', 'terraform: not installed', /terraform is not installed/],
  ['not installed', 'bash: gcloud: command not found', /gcloud is not installed/],
  [
    'clock off',
    "ERROR: (gcloud.auth.print-access-token) There was a problem refreshing your current auth tokens: ('invalid_grant: Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.')",
    /clock/,
  ],
  [
    'clock off',
    "google.auth.exceptions.InvalidValue: Token used too early, 1764000000 < 1764003600. Check that your computer's clock is set correctly.",
    /clock/,
  ],
  [
    'not signed in',
    'ERROR: (gcloud.projects.describe) You do not currently have an active account selected.\nPlease run:\n\n  $ gcloud auth login',
    /signed in/,
  ],
  [
    'not signed in',
    'Error: Attempted to load application default credentials since neither `credentials` nor `access_token` was set in the provider block.  No credentials loaded. google: could not find default credentials.',
    /signed in/,
  ],
  [
    'billing off',
    'Error: Error creating Topic: googleapi: Error 403: This API method requires billing to be enabled. Please enable billing on project #atlas-example',
    /billing/,
  ],
  [
    'missing API',
    'Error: Error creating Workflow: googleapi: Error 403: Workflows API has not been used in project 123456789012 before or it is disabled.',
    /Workflows API/,
  ],
  [
    'missing API',
    'API [run.googleapis.com] not enabled on project [123456789012]. Would you like to enable and retry?',
    /run\.googleapis\.com/,
  ],
  [
    'public access refused',
    'Error 400: One or more users named in the policy do not belong to a permitted customer,  perhaps due to an organization policy.',
    /allUsers/,
  ],
  [
    'wrong project',
    'ERROR: (gcloud.projects.describe) [ann@example.com] does not have permission to access projects instance [atlas-typo] (or it may not exist): The caller does not have permission.',
    /does not exist/,
  ],
  ['wrong project', "Error: googleapi: Error 404: Project 'atlas-typo' not found or deleted., notFound", /atlas-typo/],
  [
    'missing permission',
    "Error: Error creating KeyRing: googleapi: Error 403: Permission 'cloudkms.keyRings.create' denied on resource 'projects/atlas-example/locations/europe-west4' (or it may not exist).".replace(
      ' (or it may not exist)',
      '',
    ),
    /cloudkms\.keyRings\.create/,
  ],
  [
    'missing permission',
    'googleapi: Error 403: ann@example.com does not have storage.buckets.create access to the Google Cloud project., forbidden',
    /storage\.buckets\.create/,
  ],
  ['missing permission', 'Error 403: The caller does not have permission', /permission/],
  [
    'region without L4',
    'Error: Error creating Job: googleapi: Error 400: spec.template: GPU type nvidia-l4 is not supported in region europe-north1.',
    /region/,
  ],
  [
    'quota exceeded',
    'Error code 8, message: You do not have quota for using GPUs without zonal redundancy. Learn more about GPU zonal redundancy: g.co/cloudrun/gpu-redundancy-help',
    /L4/,
  ],
  [
    'quota exceeded',
    "Error 429: Quota exceeded for quota metric 'Write requests' and limit 'Write requests per minute' of service 'pubsub.googleapis.com'",
    /Write requests/,
  ],
  [
    'bucket name taken',
    'Error: googleapi: Error 409: The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again., conflict',
    /bucket/,
  ],
  [
    'already there',
    'Error: Error creating Database: googleapi: Error 409: Database already exists. Please use another database_id',
    /has not made/,
  ],
  [
    'state locked',
    'Error: Error acquiring the state lock\n\nLock Info:\n  ID:        1764000000123456\n  Path:      gs://atlas-example-atlas-state/atlas/default.tflock',
    /force-unlock|Another/,
  ],
  [
    'no network',
    'Error: Failed to query available provider packages\n\nCould not retrieve the list of available versions for provider hashicorp/google',
    /reached/,
  ],
];

test.each(messages)('%s is recognised', (name, message, says) => {
  const explained = recogniseError(message);
  expect(explained?.name).toBe(name);
  expect(`${explained?.problem} ${explained?.remedy}`).toMatch(says);
});

test('every recogniser is shown', () => {
  expect(recogniserNames.filter((name) => !messages.some(([shown]) => shown === name))).toEqual([]);
});

test('what is not known is not explained', () => {
  expect(recogniseError('Error: something entirely new')).toBeUndefined();
});
