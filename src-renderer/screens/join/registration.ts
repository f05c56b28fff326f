/** What came of it: an account, or why not, as the spec's errcode. */
export type Outcome = { readonly userId: string } | { readonly errcode: string };

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The server's name, and whether the invitation still works; undefined when the server does not answer. */
export async function readInvitation(token: string): Promise<{ serverName: string; isValid: boolean } | undefined> {
  const validity = `/_matrix/client/v1/register/m.login.registration_token/validity?token=${encodeURIComponent(token)}`;
  const [server, valid] = await Promise.all([ask('GET', 'server'), ask('GET', validity)]);
  const { server_name: serverName } = server.body;
  if (typeof serverName !== 'string' || valid.status === 0 || valid.status >= 500) return undefined;
  return { serverName, isValid: valid.body['valid'] === true };
}

/**
 * Makes an account with an invitation's token; signs in nowhere.
 *
 * @see https://spec.matrix.org/v1.19/client-server-api/#account-registration-and-management
 */
export async function register(username: string, password: string, token: string): Promise<Outcome> {
  const account = { username, password, inhibit_login: true };
  let answer = await post(account);
  const session = answer.body['session'];
  if (answer.status !== 401 || typeof session !== 'string') return outcomeOf(answer);
  answer = await post({ ...account, auth: { type: 'm.login.registration_token', token, session } });
  if (answer.status === 401 && !answer.body['errcode']) {
    answer = await post({ ...account, auth: { type: 'm.login.dummy', session } });
  }
  return outcomeOf(answer);
}

const post = (body: object): Promise<Answer> => ask('POST', '/_matrix/client/v3/register', body);

async function ask(method: string, path: string, body?: object): Promise<Answer> {
  try {
    const response = await fetch(path, body ? { method, body: JSON.stringify(body) } : { method });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  } catch {
    return { status: 0, body: { errcode: 'UNREACHABLE' } };
  }
}

function outcomeOf({ status, body }: Answer): Outcome {
  const { user_id: userId, errcode } = body;
  if (status === 200 && typeof userId === 'string') return { userId };
  return { errcode: typeof errcode === 'string' ? errcode : 'FAILED' };
}
