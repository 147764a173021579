/** Taken from answers of the service; secrets are made up, long lists are cut. */
export const OPENAI_EXAMPLES = {
  OpenAiTranscriptionForm: { model: 'whisper-1', language: 'en', file: 'talk.wav' },
  OpenAiTranslationForm: { model: 'whisper-1', file: 'talk.wav' },
  OpenAiModel: { id: 'base', object: 'model', created: 1663718400, owned_by: 'openai' },
  OpenAiModelList: {
    object: 'list',
    data: [
      { id: 'base', object: 'model', created: 1663718400, owned_by: 'openai' },
      { id: 'whisper-1', object: 'model', created: 1663718400, owned_by: 'openai' },
    ],
  },
};
