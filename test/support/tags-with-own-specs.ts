/** Tags of the OpenAPI document whose operations have specs of their own, which see each of their successes. */
export const TAGS_WITH_OWN_SPECS: readonly string[] = [
  'Accounts',
  'Job control',
  'Webhooks',
  'Job events',
  'Batches',
  'Users',
  'Overview',
  'Jobs of all',
  'Storage',
  'Workers',
  'Audit',
  'Media',
  'Uploads',
  'Resumable uploads',
  'Uploads by URL',
  'OpenAI',
];
