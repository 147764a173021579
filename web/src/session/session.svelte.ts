import {
  getMe,
  deleteAccount,
  signIn,
  signOut,
  changePassword,
  TranscriberError,
  type Me,
} from '@whisper-transcriber/client-sdk';
import { problemOf, type ProblemWords } from '../api/problem';
import { api, whenSessionEnds } from '../api/service';

/** The user of the machine itself, who needs no sign-in. */
const LOCAL_USER = '00000000-0000-7000-8000-000000000001';

/** Who uses the app. Cookies keep the session; no script can read them. */
class Session {
  me = $state.raw<Me | null>(null);
  state = $state<'unknown' | 'signed-in' | 'signed-out'>('unknown');
  /** Why it is not known who this is. */
  problem = $state.raw<ProblemWords | null>(null);

  isAdministrator = $derived(this.me?.is_admin === true);
  isLocal = $derived(this.me?.id === LOCAL_USER);

  start(): void {
    whenSessionEnds(() => this.end());
    void this.load();
  }

  async load(): Promise<void> {
    try {
      const { data } = await getMe({ client: api });
      this.me = data;
      this.state = 'signed-in';
      this.problem = null;
    } catch (error) {
      if (error instanceof TranscriberError && error.status === 401) this.end();
      else this.problem = problemOf(error);
    }
  }

  /** @throws TranscriberError */
  async signIn(username: string, password: string): Promise<void> {
    await signIn({ client: api, body: { username, password } });
    await this.load();
  }

  /** @throws TranscriberError */
  async changePassword(current: string, next: string, revokeKeys = false): Promise<void> {
    await changePassword({
      client: api,
      body: { current_password: current, new_password: next, revoke_api_keys: revokeKeys },
    });
    await this.load();
  }

  /** On the machine itself its user is there again at once. */
  async signOut(): Promise<void> {
    await signOut({ client: api, body: {} });
    await this.load();
  }

  /** @throws TranscriberError */
  async deleteAccount(password: string): Promise<void> {
    await deleteAccount({ client: api, body: { current_password: password } });
    this.end();
  }

  private end(): void {
    this.me = null;
    this.state = 'signed-out';
    this.problem = null;
  }
}

export const session = new Session();
