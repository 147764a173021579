import { describe, expect, it } from '@jest/globals';
import { assertStrong, hashPassword, isPassword } from './passwords.js';

const weak = async (password: string): Promise<unknown> => {
  try {
    await assertStrong(password, 'anna', 'new_password');
    return null;
  } catch (error) {
    return error;
  }
};

describe('a password', () => {
  it.each([
    'short-one-1',
    'x'.repeat(129),
    'aaaaaaaaaaaaaaaa',
    '123qweasdzxc',
    'Password1234!',
    '1234sunshine2026',
    'trustno1trustno1',
    'my name is Anna',
    'my name is ａｎｎａ',
    'Whisper-Transcriber',
    'whisper_transcriber_2026!',
    'my whisper transcriber',
    'whisper123456',
    'password password',
    'letmeinletmein1',
    'qwertyqwerty1',
    'monkey123456monkey',
    'dragonmonkey',
    'whispertranscrib',
  ])('%p is refused', async (password) => {
    expect(await weak(password)).toMatchObject({
      code: 'password_weak',
      errors: [{ field: 'new_password' }],
    });
  });

  it.each([
    'correct horse battery staple',
    'Ärger mit Öl und Übermut',
    '日本語のとても長い合言葉です',
    'x7-Kq2!vRm9#',
    'nobody hears a whisper at sea',
  ])('%p is taken', async (password) => {
    expect(await weak(password)).toBeNull();
  });

  it('is stored as argon2id and found again, however its accents are written', async () => {
    const stored = await hashPassword('Caf\u00e9 au lait le matin');

    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await isPassword('Cafe\u0301 au lait le matin', stored)).toBe(true);
    expect(await isPassword('Cafe au lait le matin', stored)).toBe(false);
  });

  it('is wrong for a user who has none, even the one behind the dummy', async () => {
    expect(await isPassword('nobody has this one', null)).toBe(false);
  });
});
