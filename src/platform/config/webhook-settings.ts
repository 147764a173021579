import { integer } from './setting.js';
import { urlFetchAllow } from './url-fetch-allow.js';

/** Messages about jobs that go to the services of users. */
export const WEBHOOK_SETTINGS = {
  WEBHOOKS_PER_USER: integer(20, 0, 10_000, 'How many webhooks one user may have. 0: none.'),
  WEBHOOK_ALLOW: {
    fallback: '',
    describe:
      'Where webhooks are sent to although it is not public: host names, addresses and networks (hooks.internal, 10.1.2.3, 10.2.0.0/16), with commas. Whoever may use webhooks then reaches all ports there. Empty: nowhere.',
    parse: urlFetchAllow,
  },
  WEBHOOK_TIMEOUT_S: integer(
    15,
    1,
    120,
    'Seconds for one attempt to deliver a webhook, from the connection to the answer.',
  ),
  WEBHOOK_SECRET_OVERLAP_H: integer(
    24,
    0,
    720,
    'Hours for which deliveries are signed with the secret before as well, once one was rotated.',
  ),
  WEBHOOK_LOG_DAYS: integer(14, 1, 365, 'Days for which deliveries that have ended stay in the log.'),
} as const;
