/** What a person at a terminal needs to know next. */
export function renderWelcome(
  url: string,
  anonymousLocal: boolean,
  generatedPassword: string | null,
): string {
  return `
  whisper-transcriber is ready at ${url}

  Sign in      ${signIn(anonymousLocal, generatedPassword)}
  Transcribe   curl -H 'Prefer: wait=60' -F file=@docs/samples/sense-and-sensibility.wav ${url}/upload
  API          ${url}/docs
  Stop         Ctrl-C

`;
}

function signIn(anonymousLocal: boolean, generatedPassword: string | null): string {
  const needed = anonymousLocal ? 'not needed on this machine' : 'POST /auth/login';
  return generatedPassword === null
    ? needed
    : `${needed}; administrator: admin, password for one sign-in: ${generatedPassword}`;
}
