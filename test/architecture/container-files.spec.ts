import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { IMAGE_ENV } from '../support/image-room.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DOCKERFILE = readFileSync(path.join(ROOT, 'docker/Dockerfile'), 'utf8');
const onPosix = process.platform === 'win32' ? it.skip : it;

const scripts = ['scripts', 'test/support']
  .flatMap((folder) => readdirSync(path.join(ROOT, folder)).map((name) => `${folder}/${name}`))
  .filter((name) => name.endsWith('.sh'))
  .concat('.ci/run');

function complaintsOf(program: string, ...args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return status === 0 ? '' : stdout + stderr;
}

describe('shell scripts', () => {
  it.each(scripts)('shellcheck has nothing to say about %s', (script) => {
    expect(complaintsOf('shellcheck', '--severity=style', script)).toBe('');
  });

  onPosix('can be run', () => {
    expect(scripts.filter((name) => (statSync(path.join(ROOT, name)).mode & 0o111) === 0)).toEqual([]);
  });
});

describe('docker/Dockerfile', () => {
  it('hadolint has nothing to say about it', () => {
    const program = process.env['HADOLINT_PATH'];
    if (program === undefined) throw new Error('HADOLINT_PATH must name hadolint; npm test installs it');

    expect(complaintsOf(program, 'docker/Dockerfile')).toBe('');
  });

  const lastStage = DOCKERFILE.slice(DOCKERFILE.lastIndexOf('\nFROM '));

  it('ends with a stage for production: no root, port 8001, healthcheck, tini and the entrypoint', () => {
    for (const line of [
      'AS production\n',
      'USER 1000:1000\n',
      'EXPOSE 8001\n',
      'CMD ["/app/scripts/healthcheck.sh"]\n',
      'ENTRYPOINT ["tini", "--", "/app/scripts/docker-entrypoint.sh"]\n',
    ])
      expect(lastStage).toContain(line);
  });

  it('names one image that it begins with, without an argument, so that Dependabot finds newer ones', () => {
    const stages = [...DOCKERFILE.matchAll(/^FROM (\S+) AS (\S+)$/gm)].map(([, from, name]) => [from, name]);

    expect(stages).toEqual([
      [expect.stringMatching(/^node:\d+\.\d+\.\d+-\w+-slim$/), 'base'],
      ['base', 'build'],
      ['base', 'production'],
    ]);
  });

  it('writes what it is built from to where the entrypoint reads it, with defaults that are seen through', () => {
    for (const line of ['ARG BUILD_VERSION=dev\n', 'ARG BUILD_SHA=unknown\n', 'ARG BUILD_DATE=unknown\n'])
      expect(lastStage).toContain(line);
    expect(lastStage).toContain('> /etc/whisper-build.info');
    expect(readFileSync(path.join(ROOT, 'scripts/docker-entrypoint.sh'), 'utf8')).toContain(
      '${BUILD_INFO_FILE:-/etc/whisper-build.info}',
    );
  });

  it('sets what the tests of its files set', () => {
    for (const [name, value] of Object.entries(IMAGE_ENV)) expect(lastStage).toContain(`${name}=${value}`);
  });

  it('has no secret, and takes in no file of secrets', () => {
    expect(DOCKERFILE).not.toMatch(/^(ARG|ENV)\b.*(SECRET|PASSWORD|TOKEN)/m);
    const ignored = readFileSync(path.join(ROOT, '.dockerignore'), 'utf8').split('\n');

    expect(ignored).toEqual(expect.arrayContaining(['*', '**/.env', '**/.env.*']));
  });
});
