/** Permissions that a deployment uses, by what it uses them for. */
export const permissionsNeeded: Readonly<Record<string, readonly string[]>> = {
  'turn on APIs': ['serviceusage.services.enable', 'serviceusage.services.get'],
  'make service accounts and run things as them': [
    'iam.serviceAccounts.create',
    'iam.serviceAccounts.actAs',
    'iam.serviceAccounts.setIamPolicy',
    'iam.roles.create',
    'iam.roles.update',
  ],
  'give roles in the project': ['resourcemanager.projects.getIamPolicy', 'resourcemanager.projects.setIamPolicy'],
  'make buckets': [
    'storage.buckets.create',
    'storage.buckets.get',
    'storage.buckets.setIamPolicy',
    'storage.objects.create',
  ],
  'make the database': [
    'datastore.databases.create',
    'datastore.indexes.create',
    'datastore.indexes.update',
    'datastore.backupSchedules.create',
  ],
  'make topics': [
    'pubsub.topics.create',
    'pubsub.topics.setIamPolicy',
    'pubsub.subscriptions.create',
    'pubsub.subscriptions.update',
    'pubsub.subscriptions.setIamPolicy',
  ],
  'deploy functions': [
    'cloudfunctions.functions.create',
    'cloudfunctions.functions.update',
    'run.services.setIamPolicy',
    'run.services.update',
  ],
  'deploy the scoring job': [
    'run.jobs.create',
    'run.jobs.update',
    'run.jobs.setIamPolicy',
    'artifactregistry.repositories.create',
    'artifactregistry.repositories.uploadArtifacts',
  ],
  'make triggers': ['eventarc.triggers.create', 'eventarc.triggers.update'],
  'schedule the sweeps': ['cloudscheduler.jobs.create', 'cloudscheduler.jobs.update'],
  'deploy workflows': ['workflows.workflows.create', 'workflows.workflows.update', 'workflows.executions.create'],
  'make keys and secrets': [
    'cloudkms.keyRings.create',
    'cloudkms.cryptoKeys.create',
    'cloudkms.cryptoKeys.setIamPolicy',
    'secretmanager.secrets.create',
    'secretmanager.secrets.setIamPolicy',
    'secretmanager.versions.add',
    'secretmanager.versions.list',
  ],
  'make the load balancer': [
    'compute.globalAddresses.create',
    'compute.backendServices.create',
    'compute.urlMaps.create',
    'compute.securityPolicies.create',
    'compute.sslCertificates.create',
    'compute.globalForwardingRules.create',
    'compute.regionNetworkEndpointGroups.create',
  ],
  'watch it': [
    'monitoring.alertPolicies.create',
    'monitoring.dashboards.create',
    'monitoring.notificationChannels.create',
    'logging.sinks.create',
    'logging.logMetrics.create',
    'logging.logMetrics.update',
  ],
};

/** testIamPermissions takes a hundred at once. */
export const allPermissions: readonly string[] = Object.values(permissionsNeeded).flat();

/** The missing ones, one line for each purpose that they spoil. */
export function missingPermissions(held: readonly string[]): string[] {
  return Object.entries(permissionsNeeded).flatMap(([purpose, permissions]) => {
    const missing = permissions.filter((permission) => !held.includes(permission));
    return missing.length === 0 ? [] : [`to ${purpose}: ${missing.join(', ')}`];
  });
}
