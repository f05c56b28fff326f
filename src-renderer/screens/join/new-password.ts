/** What a link for a new password is good for: nothing more, or for whom; undefined when the server does not answer. */
export type LinkState = { readonly userId: string } | 'invalid' | undefined;

/** Asks whose new password a link is for. */
export async function readLink(token: string): Promise<LinkState> {
  const { status, body } = await post('check', { token });
  if (status === 0 || status >= 500) return undefined;
  const { user_id: userId } = body;
  return status === 200 && typeof userId === 'string' ? { userId } : 'invalid';
}

/** @returns why it was not set, as an errcode; undefined when it was */
export async function choosePassword(token: string, password: string): Promise<string | undefined> {
  const { status, body } = await post('set', { token, password });
  if (status === 200) return undefined;
  return typeof body['errcode'] === 'string' ? body['errcode'] : 'FAILED';
}

async function post(what: 'check' | 'set', body: object) {
  try {
    const response = await fetch(`/join/password/${what}`, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
  } catch {
    return { status: 0, body: { errcode: 'UNREACHABLE' } };
  }
}
