import { Type } from 'typebox';
import { ControlError, procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';
import { checkFolder, type DiskSpaceOf, diskSpace } from '../setup/folder-check.js';
import { checkServerName } from '../setup/name-check.js';

const mode = Type.Union([Type.Literal('try'), Type.Literal('home')]);
const text = Type.String({ maxLength: 1024 });
const closed = { additionalProperties: false } as const;

/** What Synapse's `generate-config` and phone keyboards can both live with; bcrypt itself takes more. */
const LEAST_PASSWORD = 8;

/** The wizard: works before there is a server, and only then. */
export const setupProcedures = (host: ServerHost, spaceOf: DiskSpaceOf = diskSpace) =>
  procedures({
    'setup.state': { input: Type.Undefined(), run: () => host.setupState() },
    'setup.remember': {
      input: Type.Object(
        {
          mode: Type.Optional(mode),
          folder: Type.Optional(text),
          serverName: Type.Optional(text),
          localpart: Type.Optional(text),
        },
        closed,
      ),
      async run(draft) {
        await refuseWhenSetUp(host);
        await host.remember(draft);
      },
    },
    'setup.checkName': {
      input: Type.Object({ serverName: text }, closed),
      run: async ({ serverName }) => checkServerName(serverName),
    },
    'setup.checkFolder': {
      input: Type.Object({ folder: Type.String({ maxLength: 4096 }), mode }, closed),
      async run({ folder, mode }) {
        await refuseWhenSetUp(host);
        return checkFolder(folder, mode, spaceOf);
      },
    },
    'setup.finish': {
      input: Type.Object(
        {
          mode,
          folder: Type.String({ maxLength: 4096 }),
          serverName: text,
          acceptsPrivateName: Type.Boolean(),
          admin: Type.Object({ localpart: text, password: Type.String({ maxLength: 512 }) }, closed),
        },
        closed,
      ),
      async run(answers, { announce }) {
        await refuseWhenSetUp(host);
        const { trialName } = await host.setupState();
        const serverName = answers.mode === 'try' ? trialName : acceptedName(answers);
        const folder = await checkFolder(answers.folder, answers.mode, spaceOf);
        if (folder.verdict === 'refused')
          throw new ControlError('FOLDER_REFUSED', `the folder is refused: ${folder.code}`);
        refuseWeak(answers.admin.password);
        const userId = await host.setUp({ ...answers, serverName, folder: folder.folder });
        announce('setup.changed');
        return { userId };
      },
    },
  });

function acceptedName(answers: { serverName: string; acceptsPrivateName: boolean }): string {
  const name = checkServerName(answers.serverName);
  const isRefused = name.verdict === 'refused' || (name.code === 'NAME_PRIVATE' && !answers.acceptsPrivateName);
  if (isRefused) throw new ControlError('NAME_REFUSED', `the name is refused: ${name.code}`);
  return name.serverName;
}

function refuseWeak(password: string): void {
  if ([...password].length >= LEAST_PASSWORD) return;
  throw new ControlError('WEAK_PASSWORD', `a password has at least ${LEAST_PASSWORD} characters`, {
    least: LEAST_PASSWORD,
  });
}

async function refuseWhenSetUp(host: ServerHost): Promise<void> {
  if ((await host.setupState()).configured) throw new ControlError('ALREADY_SET_UP', 'this server is set up already');
}
