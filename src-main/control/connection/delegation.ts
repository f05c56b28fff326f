import { isObject, type JsonObject, objectAt, stringAt } from '../../base/json.js';
import type { Config } from '../../config/config.js';
import { hostOfReach } from '../../config/reach.js';
import { OutgoingError, type OutgoingHttp } from '../../net/outgoing.js';
import { JsonTextError, parseJson } from '../../spec/json-text.js';
import type { DelegationView } from '../contract.js';
import { delegationFiles } from './snippets.js';

type DelegationFile = DelegationView['files'][number];

const MAX_BYTES = 50 * 1024;
const PATIENCE = 10_000;
const MOST_SHOWN = 1000;

/** What the server's name says, now, of where the server is, beside what it should say. */
export async function viewDelegation(
  config: Pick<Config, 'serverName' | 'publicBaseUrl'>,
  outgoing: OutgoingHttp,
): Promise<DelegationView> {
  const name = config.serverName.replace(/:\d+$/, '');
  const isOpen = config.publicBaseUrl !== undefined;
  const files = delegationFiles({ host: hostOfReach(config) }).map(async ({ path, text }): Promise<DelegationFile> => {
    const file = { path, url: `https://${name}${path}`, wanted: text, found: '', why: undefined };
    return isOpen ? { ...file, ...(await look(file.url, text, outgoing)) } : { ...file, state: 'not-needed' };
  });
  return { files: await Promise.all(files) };
}

async function look(
  url: string,
  wanted: string,
  outgoing: OutgoingHttp,
): Promise<Pick<DelegationFile, 'found' | 'state' | 'why'>> {
  try {
    const { status, body } = await outgoing.fetch({ url, redirects: 5, maxBytes: MAX_BYTES, timeout: PATIENCE });
    const found = body.toString('utf8').slice(0, MOST_SHOWN);
    if (status === 404) return { found: '', state: 'missing', why: undefined };
    if (status !== 200) return { found, state: 'failed', why: `status ${status}` };
    return { found, state: says(found, wanted) ? 'ok' : 'other', why: undefined };
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error;
    return { found: '', state: 'failed', why: error.message };
  }
}

/** The file may say more, and write addresses with a slash at the end. */
function says(found: string, wanted: string): boolean {
  const [there, should] = [read(found), read(wanted)];
  if (!there || !should) return false;
  const base = (value: JsonObject) => stringAt(objectAt(value, 'm.homeserver'), 'base_url')?.replace(/\/$/, '');
  return stringAt(there, 'm.server') === stringAt(should, 'm.server') && base(there) === base(should);
}

function read(text: string): JsonObject | undefined {
  try {
    const { value } = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof JsonTextError) return undefined;
    throw error;
  }
}
