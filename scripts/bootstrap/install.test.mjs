import { describe, expect, test } from 'vitest';
import { adviceFor, readableTail } from './advice.mjs';
import { installEnvironment, isSatisfied, widerMode } from './install.mjs';

const current = { lockfile: 'abc', machine: 'linux x64' };

describe('whether something has to be installed', () => {
  test('nothing has, when the same or more is there', () => {
    expect(isSatisfied({ ...current, mode: 'prod' }, current, 'prod')).toBe(true);
    expect(isSatisfied({ ...current, mode: 'full' }, current, 'prod')).toBe(true);
    expect(isSatisfied({ ...current, mode: 'full' }, current, 'full')).toBe(true);
  });

  test('npm test after npm start has, and so has a changed lockfile, another machine or a fresh clone', () => {
    expect(isSatisfied({ ...current, mode: 'prod' }, current, 'full')).toBe(false);
    expect(isSatisfied({ ...current, mode: 'full', lockfile: 'old' }, current, 'prod')).toBe(false);
    expect(isSatisfied({ ...current, mode: 'full', machine: 'darwin arm64' }, current, 'prod')).toBe(false);
    expect(isSatisfied(undefined, current, 'prod')).toBe(false);
  });

  test('what the tests need is never taken away', () => {
    expect(widerMode('prod', 'full')).toBe('full');
    expect(widerMode('prod', undefined, 'full')).toBe('full');
    expect(widerMode('full', 'prod')).toBe('full');
    expect(widerMode('prod', undefined, undefined)).toBe('prod');
  });
});

describe('the environment of the installation', () => {
  const fromNpm = {
    PATH: '/bin',
    HOME: '/home/me',
    NODE_ENV: 'production',
    INIT_CWD: '/x',
    npm_config_local_prefix: '/x',
    npm_config_user_agent: 'npm/11',
    npm_config_omit: 'dev',
    npm_config_yes: '',
    npm_lifecycle_event: 'start',
    npm_package_name: 'updraft',
    npm_config_registry: 'https://registry.example/',
    npm_config_https_proxy: 'http://proxy.example:3128',
    npm_config_cafile: '/ca.pem',
    HTTPS_PROXY: 'http://proxy.example:3128',
  };

  test('what npm set for its own run stays behind, what it knows of the network goes along', () => {
    const env = installEnvironment(fromNpm);
    for (const name of [
      'PATH',
      'HOME',
      'HTTPS_PROXY',
      'npm_config_registry',
      'npm_config_https_proxy',
      'npm_config_cafile',
    ]) {
      expect(env[name]).toBe(fromNpm[name]);
    }
    for (const name of [
      'NODE_ENV',
      'INIT_CWD',
      'npm_config_omit',
      'npm_config_yes',
      'npm_lifecycle_event',
      'npm_package_name',
    ]) {
      expect(env).not.toHaveProperty(name);
    }
  });

  test('nothing asks a question', () => {
    expect(installEnvironment({}).CI).toBe('true');
  });
});

describe('what to do about a failed installation', () => {
  test.each([
    ['{"level":"error","message":"write ENOSPC"}', /disk is full/],
    ['npm error code ENOTFOUND', /Check the network/],
    ['error sending request: client error (Connect)', /Check the network/],
    ['tunnel error: 407 Proxy Authentication Required', /proxy needs/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /cafile/],
    ['EACCES: permission denied, mkdir', /belong to you/],
    ['ERR_PNPM_OUTDATED_LOCKFILE', /pnpm-lock.yaml/],
    ['something else', /Trying again/],
  ])('%s', (log, advice) => {
    expect(adviceFor(log)).toMatch(advice);
  });

  test('the tail shows what failed, without the reporter’s progress', () => {
    const log = [
      '{"name":"pnpm:progress","level":"debug","status":"resolved"}',
      '{"name":"pnpm","level":"error","code":"ERR_PNPM_FETCH","message":"no answer"}',
      'npm error network',
      '',
    ].join('\n');
    expect(readableTail(log)).toBe('  ERR_PNPM_FETCH no answer\n  npm error network');
  });
});
