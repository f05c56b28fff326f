import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

/** An e-mail as the mail server got it. */
export interface ReceivedMail {
  /** of the envelope */
  readonly from: string;
  readonly to: readonly string[];
  /** lower-case names */
  readonly headers: Readonly<Record<string, string>>;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** whether it came over TLS */
  readonly secure: boolean;
  /** the user name that was given, if any */
  readonly user: string | undefined;
}

export interface SmtpOptions {
  /** asks for this name and password */
  readonly login?: { readonly user: string; readonly password: string };
  /** offers STARTTLS with this certificate (PEM) */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** answers a command with this line instead, such as `RCPT` → `550 no such user` */
  readonly refuse?: Readonly<Record<string, string>>;
  /** says nothing at all */
  readonly silent?: boolean;
}

/** A real mail server on loopback that keeps what it gets: `await using post = await startSmtpServer();` */
export async function startSmtpServer(options: SmtpOptions = {}): Promise<SmtpServer> {
  const server = new SmtpServer(options);
  await server.listen();
  return server;
}

export class SmtpServer {
  readonly mails: ReceivedMail[] = [];
  port = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<() => void>();

  constructor(private readonly options: SmtpOptions) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => undefined);
      new Conversation(socket, this.options, (mail) => this.#keep(mail)).greet();
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.port = (this.#server.address() as { port: number }).port;
  }

  /** The last e-mail to `address`; waits for one when there is none yet, or none after the first `after` of them. */
  async mailTo(address: string, after = 0): Promise<ReceivedMail> {
    for (;;) {
      const found = this.mails.filter((mail) => mail.to.includes(address));
      const last = found.at(-1);
      if (last && found.length > after) return last;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #keep(mail: ReceivedMail): void {
    this.mails.push(mail);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** One connection: as much of SMTP as a client needs that sends a message. */
class Conversation {
  #buffer = '';
  #from = '';
  #to: string[] = [];
  #user: string | undefined;
  #isData = false;
  #secure = false;

  constructor(
    private socket: Socket,
    private readonly options: SmtpOptions,
    private readonly keep: (mail: ReceivedMail) => void,
  ) {
    this.#listen();
  }

  greet(): void {
    if (!this.options.silent) this.#say(this.options.refuse?.['CONNECT'] ?? '220 post.test');
  }

  #listen(): void {
    this.socket.setEncoding('latin1').on('data', (chunk) => this.#read(String(chunk)));
  }

  #say(line: string): void {
    this.socket.write(`${line}\r\n`);
  }

  #read(chunk: string): void {
    if (this.options.silent) return;
    this.#buffer += chunk;
    for (;;) {
      const end = this.#buffer.indexOf(this.#isData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const part = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + (this.#isData ? 5 : 2));
      if (this.#isData) this.#take(part);
      else this.#command(part);
    }
  }

  #command(line: string): void {
    const [verb = ''] = line.toUpperCase().split(' ', 1);
    const refusal = this.options.refuse?.[verb];
    if (refusal !== undefined) return this.#say(refusal);
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (verb === 'EHLO') return this.#sayExtensions();
    if (verb === 'STARTTLS') return this.#startTls();
    if (verb === 'AUTH') return this.#authenticate(line.split(' ')[2] ?? '');
    if (verb === 'MAIL' && this.options.login && this.#user === undefined) return this.#say('530 sign in first');
    if (verb === 'MAIL') this.#from = address;
    if (verb === 'RCPT') this.#to.push(address);
    if (verb === 'RSET') this.#to = [];
    if (verb === 'DATA') this.#isData = true;
    this.#say(verb === 'DATA' ? '354 go on' : verb === 'QUIT' ? '221 bye' : '250 fine');
  }

  #sayExtensions(): void {
    const { login, tls } = this.options;
    this.#say('250-post.test');
    if (tls && !this.#secure) this.#say('250-STARTTLS');
    if (login) this.#say('250-AUTH PLAIN');
    this.#say('250 8BITMIME');
  }

  #startTls(): void {
    const { tls } = this.options;
    if (!tls) return this.#say('502 no');
    this.#say('220 go on');
    this.socket.removeAllListeners('data');
    const secure = new TLSSocket(this.socket, { isServer: true, secureContext: createSecureContext(tls) });
    this.socket = secure.on('error', () => undefined);
    this.#secure = true;
    this.#buffer = '';
    this.#listen();
  }

  #authenticate(given: string): void {
    const [, user, password] = Buffer.from(given, 'base64').toString().split('\0');
    const { login } = this.options;
    if (user !== login?.user || password !== login?.password) return this.#say('535 wrong name or password');
    this.#user = user;
    this.#say('235 welcome');
  }

  #take(data: string): void {
    this.#isData = false;
    const message = parseMessage(data.replaceAll('\r\n..', '\r\n.'));
    this.keep({ from: this.#from, to: this.#to, secure: this.#secure, user: this.#user, ...message });
    this.#to = [];
    this.#say('250 taken');
  }
}

interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function parseMessage(data: string) {
  const whole = parsePart(data);
  const boundary = /boundary="?([^";]+)/.exec(whole.headers['content-type'] ?? '')?.[1];
  const parts =
    boundary === undefined
      ? [whole]
      : `\r\n${whole.body}`
          .split(`\r\n--${boundary}`)
          .slice(1, -1)
          .map((part) => parsePart(part.slice(2)));
  const ofType = (type: string) => parts.find(({ headers }) => headers['content-type']?.startsWith(type));
  return {
    headers: whole.headers,
    subject: decodeWords(whole.headers['subject'] ?? ''),
    text: decodeBody(ofType('text/plain')),
    html: decodeBody(ofType('text/html')),
  };
}

function parsePart(data: string): Part {
  const end = data.indexOf('\r\n\r\n');
  const lines = data
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ]);
  return { headers: Object.fromEntries(headers), body: data.slice(end + 4) };
}

function decodeBody(part: Part | undefined): string {
  if (!part) return '';
  const encoding = part.headers['content-transfer-encoding'];
  if (encoding === 'base64') return Buffer.from(part.body, 'base64').toString();
  const body = encoding === 'quoted-printable' ? decodeQuoted(part.body.replaceAll('=\r\n', '')) : part.body;
  return Buffer.from(body, 'latin1').toString().replaceAll('\r\n', '\n');
}

const decodeQuoted = (text: string) =>
  text.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** `=?UTF-8?Q?…?=` and `=?UTF-8?B?…?=` in headers. */
const decodeWords = (text: string) =>
  text
    .replaceAll(/\?= =\?/g, '?==?')
    .replaceAll(/=\?[^?]+\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B'
        ? Buffer.from(word, 'base64').toString()
        : Buffer.from(decodeQuoted(word.replaceAll('_', ' ')), 'latin1').toString(),
    );
