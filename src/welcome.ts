/** What a person at a terminal needs to know next. */
export function renderWelcome(url: string): string {
  return `
  whisper-transcriber is ready at ${url}

  Sign in      not needed: it answers to programs and pages of this machine only
  Transcribe   curl -H 'Prefer: wait=60' -F file=@docs/samples/sense-and-sensibility.wav ${url}/upload
  API          ${url}/docs
  Stop         Ctrl-C

`;
}
