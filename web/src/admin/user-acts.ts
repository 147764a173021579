import {
  changeUser,
  deleteUser,
  disableUser,
  enableUser,
  resetPassword,
  signOutUser,
  type User,
} from '@whisper-transcriber/client-sdk';
import { api } from '../api/service';

interface UserAct {
  readonly name: string;
  readonly fits: (user: User) => boolean;
  /** @returns a password, where the act gives one @throws TranscriberError */
  readonly run: (user: User) => Promise<string | null>;
  readonly done: string;
  /** What it entails, where that is to be confirmed. */
  readonly warning: string | null;
}

const change = (role: User['role']) => async (user: User) => {
  await changeUser({ client: api, path: { id: user.id }, body: { role } });
  return null;
};

export const USER_ACTS = {
  promote: {
    name: 'Make administrator',
    fits: ({ role }) => role === 'user',
    run: change('admin'),
    done: 'is an administrator',
    warning: null,
  },
  demote: {
    name: 'Make plain user',
    fits: ({ role }) => role === 'admin',
    run: change('user'),
    done: 'is a plain user',
    warning: null,
  },
  enable: {
    name: 'Enable',
    fits: (user) => !user.is_active,
    run: async ({ id }) => {
      await enableUser({ client: api, path: { id } });
      return null;
    },
    done: 'can sign in again',
    warning: null,
  },
  disable: {
    name: 'Disable',
    fits: (user) => user.is_active,
    run: async ({ id }) => {
      await disableUser({ client: api, path: { id } });
      return null;
    },
    done: 'was disabled',
    warning: 'Their sessions end at once and their API keys are paused. Recordings and transcripts stay.',
  },
  signOut: {
    name: 'Sign out everywhere',
    fits: (user) => user.is_active,
    run: async ({ id }) => {
      await signOutUser({ client: api, path: { id } });
      return null;
    },
    done: 'was signed out everywhere',
    warning: 'All of their sessions end at once. They can sign in again; API keys go on.',
  },
  reset: {
    name: 'Reset password',
    fits: () => true,
    run: async ({ id }) => (await resetPassword({ client: api, path: { id } })).data.one_time_password,
    done: 'has another password',
    warning: 'Their sessions end at once and their API keys are paused until they choose another one.',
  },
  delete: {
    name: 'Delete',
    fits: () => true,
    run: async ({ id }) => {
      await deleteUser({ client: api, path: { id } });
      return null;
    },
    done: 'was deleted',
    warning: 'Their recordings, transcripts and API keys will be gone. This cannot be undone.',
  },
} as const satisfies Record<string, UserAct>;

export type UserActName = keyof typeof USER_ACTS;

export const USER_ACT_NAMES = Object.keys(USER_ACTS) as readonly UserActName[];
