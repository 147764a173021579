import { API_PROCESS } from './api.bootstrap.js';
import { FirstAdministrator } from './modules/auth/users/first-administrator.service.js';
import { runProcess } from './run-process.js';
import { renderWelcome } from './welcome.js';

runProcess({
  kind: API_PROCESS,
  adapt: (config) => config,
  warn: ({ metrics, http }, logger) => {
    if (metrics.adminToken === null)
      logger.warn('ADMIN_METRICS_TOKEN is not set: /admin/uploads/metrics gives no figures');
    if (http.publicUrl !== null && http.trustProxy === null)
      logger.warn(
        'PUBLIC_URL is set but TRUST_PROXY is not: all that comes through the proxy counts as one address',
      );
  },
  onReady: ({ app, url }, { production, auth }) => {
    if (production) return;
    const { generatedPassword } = app.get(FirstAdministrator, { strict: false });
    // Not to stdout, where every line is a log entry.
    process.stderr.write(renderWelcome(url, auth.anonymousLocal, generatedPassword));
  },
});
