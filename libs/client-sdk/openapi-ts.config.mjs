export default {
  input: 'libs/client-sdk/openapi.json',
  output: { path: 'libs/client-sdk/src/generated', importFileExtension: '.js' },
  plugins: ['@hey-api/typescript'],
};
