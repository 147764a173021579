/** Of answers that have no schema of their own, by operation and type of content. */
export const ANSWER_EXAMPLES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  downloadTranscript: {
    'text/plain':
      'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.\n',
    'application/x-subrip':
      '1\n00:00:00,258 --> 00:00:06,846\nAnd Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.\n',
    'text/vtt':
      'WEBVTT\n\n00:00:00.258 --> 00:00:06.846\nAnd Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.\n',
    'text/tab-separated-values':
      'start\tend\ttext\n258\t6846\tAnd Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.\n',
  },
  followJob: {
    'text/event-stream':
      'retry: 2000\n\nid: 1-0-0\nevent: status\ndata: {"job_id":"01a2235e-4186-7688-9a94-a20be59108b6","occurred_at":"2026-11-28T18:15:09.449Z","from":null,"to":"queued","reason":"created","attempt":0,"worker_id":null}\n\nid: 2-0-0\nevent: status\ndata: {"job_id":"01a2235e-4186-7688-9a94-a20be59108b6","occurred_at":"2026-11-28T18:15:09.473Z","from":"queued","to":"processing","reason":"claimed","attempt":1,"worker_id":"01a2235d-ffbf-71ec-9dac-3e7d8a25b663"}\n\n',
  },
  createOpenAiTranscription: {
    'application/json': {
      text: 'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.',
      languages: [{ code: 'en' }],
      usage: { type: 'duration', seconds: 8 },
    },
    'text/plain':
      'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.\n',
    'text/event-stream':
      ': the stream is open\n\ndata: {"type":"transcript.text.delta","delta":"And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them."}\n\ndata: {"type":"transcript.text.done","text":"And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.","languages":[{"code":"en"}],"usage":{"type":"tokens","input_tokens":355,"output_tokens":27,"total_tokens":382,"input_token_details":{"text_tokens":0,"audio_tokens":355}}}\n\ndata: [DONE]\n\n',
  },
  createOpenAiTranslation: {
    'application/json': {
      text: 'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.',
      usage: { type: 'duration', seconds: 8 },
    },
    'text/plain':
      'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.\n',
  },
  exportAuditEvents: {
    'text/csv':
      '"id","occurred_at","action","outcome","actor_kind","actor_id","actor_name","credential","credential_id","object_kind","object_id","address","request_id","details"\n"01a2235e-0036-749b-ab6a-e43f37fb1e1a","2026-11-28T18:14:52.726Z","first_administrator.created","success","system","","","","","user","01a2235e-0030-7054-a62a-66d46adb6372","","","{""username"":""admin""}"\n',
    'application/x-ndjson':
      '{"id":"01a2235e-0036-749b-ab6a-e43f37fb1e1a","occurred_at":"2026-11-28T18:14:52.726Z","action":"first_administrator.created","outcome":"success","actor_kind":"system","actor_id":null,"actor_name":null,"credential":null,"credential_id":null,"object_kind":"user","object_id":"01a2235e-0030-7054-a62a-66d46adb6372","address":null,"request_id":null,"details":{"username":"admin"}}\n{"id":"01a2235e-3e0a-7030-bd4a-f09479c72727","occurred_at":"2026-11-28T18:15:08.554Z","action":"sign_in.succeeded","outcome":"success","actor_kind":"user","actor_id":"01a2235e-0030-7054-a62a-66d46adb6372","actor_name":"admin","credential":"session","credential_id":"01a2235e-3e04-7335-acf2-dc1368413ba3","object_kind":"user","object_id":"01a2235e-0030-7054-a62a-66d46adb6372","address":"127.0.0.1","request_id":"01a2235e-3db3-7728-b3f7-d79d7b6c72dd","details":{}}\n',
  },
  getMetrics: {
    'text/plain':
      '# HELP whisper_jobs_queued Jobs that wait, by priority\n# TYPE whisper_jobs_queued gauge\nwhisper_jobs_queued{priority="low"} 0\nwhisper_jobs_queued{priority="normal"} 0\n',
  },
  followJobs: {
    'text/event-stream':
      'retry: 2000\n\nid: 1076-0\n\nid: 1076-50\nevent: status\ndata: {"job_id":"01a2235e-b3b1-75b6-bcde-ce171e0c99d2","occurred_at":"2026-11-28T18:15:38.674Z","from":null,"to":"queued","reason":"created","attempt":0,"worker_id":null}\n\n',
  },
};
