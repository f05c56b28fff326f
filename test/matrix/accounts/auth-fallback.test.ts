import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../src-main/config/defaults.js';
import { startHomeserver } from '../../support/homeserver.js';

const { registration } = defaultConfig({ serverName: 'hearth.test', dataDir: '/' });
const config = { registration: { ...registration, enabled: true, requiresToken: true } };
const TOKEN = '/auth/m.login.registration_token/fallback/web';
const wish = { username: 'alice', password: 'tomato soup' };

it('does a stage in a page, for clients that do not know it', async () => {
  await using server = await startHomeserver({ config });
  await server.homeserver.accounts.registrationTokens.create({ token: 'welcome', usesAllowed: 1 });
  const { session } = (await server.stranger.post('/register', wish)).body;
  const form = await server.stranger.get(TOKEN, { session });
  expect(form.status).toBe(200);
  expect(form.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(form.body).toContain('name="token"');

  const wrong = await server.stranger.post(TOKEN, 'token=wrong', { session });
  expect(wrong.body).toContain('role="alert"');

  const done = await server.stranger.post(TOKEN, 'token=+welcome', { session });
  expect(done.status).toBe(200);
  expect(done.body).toContain('onAuthDone');
  expect((await server.stranger.get(TOKEN, { session })).body).toContain('onAuthDone');

  const click = await server.stranger.post('/auth/m.login.dummy/fallback/web', '', { session });
  expect(click.body).toContain('onAuthDone');
  const made = await server.stranger.post('/register', { ...wish, auth: { session } });
  expect(made).toMatchObject({ status: 200, body: { user_id: '@alice:hearth.test' } });
});

it('runs no script but its own', async () => {
  await using server = await startHomeserver({ config });
  const { session } = (await server.stranger.post('/register', {})).body;
  const { body, headers } = await server.stranger.post('/auth/m.login.dummy/fallback/web', '', { session });
  const [, script = ''] = /<script>(.*)<\/script>/s.exec(body) ?? [];
  const hash = createHash('sha256').update(script).digest('base64');
  expect(headers['content-security-policy']).toContain(`script-src 'sha256-${hash}'`);
  expect(headers['content-security-policy']).toContain("default-src 'none'");
});

describe('refuses', () => {
  it.each([
    ['a session that there is not', TOKEN, { session: '<script>' }, 400, 'M_UNKNOWN'],
    ['no session', TOKEN, {}, 400, 'M_MISSING_PARAM'],
    ['a stage without a page', '/auth/m.login.password/fallback/web', {}, 404, 'M_NOT_FOUND'],
  ])('%s', async (_case, path, query, status, errcode) => {
    await using server = await startHomeserver({ config });
    const { session } = (await server.stranger.post('/register', {})).body;
    const asked = status === 404 ? { session } : query;
    expect(await server.stranger.get(path, asked)).toMatchObject({ status, body: { errcode } });
    expect(await server.stranger.post(path, 'token=x', asked)).toMatchObject({ status, body: { errcode } });
  });

  it('a form that is too large', async () => {
    await using server = await startHomeserver({ config });
    const { session } = (await server.stranger.post('/register', {})).body;
    expect((await server.stranger.post(TOKEN, `token=${'x'.repeat(5000)}`, { session })).status).toBe(413);
  });
});
