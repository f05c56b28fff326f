import type { Config } from '../../src-main/config/config.js';
import { emailConfig } from './email.js';
import { type HomeserverOptions, startHomeserver, type TestHomeserver } from './homeserver.js';
import { type ReceivedMail, type SmtpServer, startSmtpServer } from './smtp-server.js';
import type { TestReply } from './test-client.js';

/** A homeserver that sends e-mail, and the mail server that gets it. */
export interface ServerWithPost extends AsyncDisposable {
  readonly server: TestHomeserver;
  readonly post: SmtpServer;
}

/** @param config wins over the usual one of tests */
export async function startWithPost(
  config: (base: Config) => Partial<Config> = () => ({}),
  options: Omit<HomeserverOptions, 'config'> = {},
): Promise<ServerWithPost> {
  const post = await startSmtpServer();
  const server = await startHomeserver({ ...options, config: { email: emailConfig(post.port) } });
  await server.restart(config(server.config));
  return {
    server,
    post,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await post[Symbol.asyncDispose]();
    },
  };
}

/** The link in an e-mail, as a path with its query. */
export function linkIn(mail: ReceivedMail): string {
  const link = /https?:\/\/[^/\s]+(\/\S+)/.exec(mail.text)?.[1];
  if (link === undefined) throw new Error(`there is no link in ${mail.text}`);
  return link;
}

/** What somebody does who got an e-mail: opens the link, and confirms where a page asks. */
export async function followLink(server: TestHomeserver, mail: ReceivedMail): Promise<TestReply> {
  const link = linkIn(mail);
  if (!link.includes('/password_reset/')) return server.stranger.request('GET', link);
  const page = await server.stranger.request('GET', link);
  const fields = [...String(page.body).matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  return server.stranger.request('POST', link.split('?')[0] ?? '', {
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
}
