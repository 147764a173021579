/** Operations that change something and are not told of. */
export const SILENT_OPERATIONS: Readonly<Record<string, string>> = {
  initializeUpload: 'Nothing has arrived yet; the job that comes of it is told of.',
  initUpload: 'As initializeUpload.',
  uploadByUrl: 'As initializeUpload.',
  uploadChunk: 'A piece of what is not accepted yet.',
  uploadChunkAlias: 'As uploadChunk.',
  describeTus: 'It changes nothing.',
  describeTusAtUpload: 'It changes nothing.',
  getTusOffset: 'It changes nothing.',
  refreshTokens: 'It prolongs a session whose beginning is told of, every hour anew.',
};
