import { Type } from 'typebox';
import type { CertificateFiles, SetupAnswers, SetupPage } from '../contract.js';
import { ControlError, procedures } from '../procedure.js';
import type { ServerHost } from '../server-host.js';
import { checkFolder, type DiskSpaceOf, diskSpace } from '../setup/folder-check.js';
import { checkServerName } from '../setup/name-check.js';
import { certificateFiles, hostName, nameText, setupMode } from './shapes.js';

const text = nameText;
const closed = { additionalProperties: false } as const;
const folder = Type.String({ maxLength: 4096 });
const PAGES = 'welcome look folder reach name address way certificate safety account ready kit running check done';

const safety = Type.Object(
  {
    linkPreviews: Type.Boolean(),
    presence: Type.Boolean(),
    dailyUpload: Type.Union([Type.Null(), Type.Integer({ minimum: 1_000_000, maximum: 1_000_000_000_000 })]),
  },
  closed,
);
const certificate = Type.Object(certificateFiles, closed);

/** What is half typed may be remembered too. */
const draft = Type.Object(
  {
    page: Type.Optional(Type.Union(PAGES.split(' ').map((page) => Type.Literal(page as SetupPage)))),
    mode: Type.Optional(setupMode),
    folder: Type.Optional(folder),
    serverName: Type.Optional(text),
    host: Type.Optional(text),
    publicAddress: Type.Optional(Type.String({ maxLength: 64 })),
    webServer: Type.Optional(
      Type.Union((['caddy', 'nginx', 'apache', 'haproxy', 'traefik'] as const).map((each) => Type.Literal(each))),
    ),
    frontAddress: Type.Optional(Type.String({ maxLength: 64 })),
    certificate: Type.Optional(Type.Object({ certificatePath: folder, privateKeyPath: folder }, closed)),
    safety: Type.Optional(safety),
    localpart: Type.Optional(text),
  },
  closed,
);

/** What Synapse's `generate-config` and phone keyboards can both live with; bcrypt itself takes more. */
const LEAST_PASSWORD = 8;

/** The wizard: works before there is a server, and only then. */
export const setupProcedures = (host: ServerHost, spaceOf: DiskSpaceOf = diskSpace) =>
  procedures({
    'setup.state': { input: Type.Undefined(), run: () => host.setupState() },
    'setup.remember': {
      input: draft,
      async run(draft) {
        const { configured, unfinished, draft: before } = await host.setupState();
        if (configured && !unfinished) throw new ControlError('ALREADY_SET_UP', 'this server is set up already');
        // Once the server is made, only the page is still to be remembered.
        await host.remember(configured ? { ...before, page: draft.page ?? before.page ?? 'done' } : draft);
      },
    },
    'setup.checkName': {
      input: Type.Object({ serverName: text, mode: Type.Optional(setupMode) }, closed),
      run: async ({ serverName, mode }) => checkServerName(serverName, mode),
    },
    'setup.checkFolder': {
      input: Type.Object({ folder, mode: setupMode }, closed),
      async run({ folder, mode }) {
        await refuseWhenSetUp(host);
        return checkFolder(folder, mode, spaceOf);
      },
    },
    'setup.finish': {
      input: Type.Object(
        {
          mode: setupMode,
          folder,
          serverName: text,
          acceptsPrivateName: Type.Boolean(),
          host: Type.Optional(hostName),
          frontAddress: Type.Optional(Type.String({ maxLength: 64 })),
          certificate: Type.Optional(certificate),
          safety: Type.Optional(safety),
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
        if (answers.certificate) refuseUnusable(host, answers.certificate, answers.host ?? serverName);
        const userId = await host.setUp({ ...answers, serverName, folder: folder.folder });
        announce('setup.changed');
        return { userId };
      },
    },
    'setup.complete': {
      input: Type.Undefined(),
      async run(_input, { announce }) {
        await host.completeSetup();
        announce('setup.changed');
      },
    },
  });

function refuseUnusable(host: ServerHost, files: CertificateFiles, name: string): void {
  if (host.connection().judge({ ...files, host: name }).isUsable) return;
  throw new ControlError('CERTIFICATE_REFUSED', 'the certificate cannot be served');
}

function acceptedName(answers: Pick<SetupAnswers, 'mode' | 'serverName' | 'acceptsPrivateName'>): string {
  const name = checkServerName(answers.serverName, answers.mode);
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
