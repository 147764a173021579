const VOICE = {
  id: '01a2235e-5680-72bc-9945-15476eee6a11',
  name: 'Elinor Dashwood',
  created_at: '2026-11-28T09:30:00.000Z',
  last_used_at: null,
};

/** Voices that users have saved. */
export const VOICES_EXAMPLES = {
  VoiceOfSpeaker: {
    name: 'Elinor Dashwood',
    job_id: '01a20b8b-1e34-71c6-9687-0bdc11895273',
    speaker: 'speaker_1',
  },
  NewVoice: { name: 'Elinor Dashwood', file: 'elinor.wav' },
  VoiceName: { name: 'Elinor Dashwood' },
  Voice: VOICE,
  VoiceList: { voices: [VOICE] },
};
