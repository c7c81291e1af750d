// Google's clients stay outside the bundles: they look for files beside their own (`__dirname`), which an ES module does
// not have, and a bundle hides the names that `import()` of a CommonJS package gives.
export const googleClients = [
  '@google-cloud/firestore',
  '@google-cloud/pubsub',
  '@google-cloud/storage',
  'google-auth-library',
];
