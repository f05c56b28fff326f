import { Command, InvalidArgumentError, Option } from 'commander';
import { VERSION } from '../../base/version.js';
import { CommandError, describeFailure } from './command-error.js';

const CONFIG_HELP = 'configuration file, or a folder of them; may be given several times';

/** Runs the command of `argv`; a failure is one sentence on stderr and an exit code. */
export async function run(argv: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(argv);
  } catch (error) {
    console.error(describeFailure(error));
    process.exit(error instanceof CommandError ? error.exitCode : 1);
  }
}

/** Commands load what they need when they run, so that `hearth status` does not load a server. */
function program(): Command {
  const hearth = new Command('hearth')
    .description('A Matrix homeserver. Without a command: serve.')
    .version(VERSION)
    .enablePositionalOptions();
  addServe(hearth);
  addGenerateConfig(hearth);
  addRegisterUser(hearth);
  addHashPassword(hearth);
  addService(hearth);
  addInstallService(hearth);
  addRestoreKey(hearth);
  addDiagnose(hearth);
  addProblemReport(hearth);
  addDemo(hearth);
  return hearth;
}

function addServe(hearth: Command): void {
  hearth
    .command('serve', { isDefault: true })
    .description('run in the foreground; without a configuration, set the server up in a browser')
    .addOption(configOption())
    .addOption(configPathOption())
    .option('--console-port <port>', 'port of the console on this computer (default 8090)', toPort)
    .addOption(new Option('--background').hideHelp())
    .action(async (options) => {
      const { serve } = await import('./commands/serve.js');
      await serve(withConfigPath(options));
      process.exit();
    });
}

function addGenerateConfig(hearth: Command): void {
  hearth
    .command('generate-config')
    .description('write a commented configuration and the keys that it needs')
    .requiredOption('-H, --server-name <name>', 'the end of every user id, for ever: example.com')
    .addOption(new Option('-c, --config-path <file>', 'where to write it').argParser(collect).makeOptionMandatory())
    .addOption(
      new Option('--report-stats <yes|no>', 'whether to tell the makers how the server is used')
        .choices(['yes', 'no'])
        .makeOptionMandatory(),
    )
    .option(
      '--data-directory <folder>',
      'home of everything without a path; the folder of the configuration by default',
    )
    .option('--config-directory <folder>', 'folder of the signing key')
    .option('--keys-directory <folder>', 'the same; wins over --config-directory')
    .option('--open-private-ports', 'let everybody reach the listener without TLS')
    .action(async (options) => (await import('./commands/generate-config.js')).generateConfigFile(options));
}

function addRegisterUser(hearth: Command): void {
  hearth
    .command('register-user')
    .description('make an account on a running server; asks for what is not given')
    .argument('[url]', 'address of the server; from the configuration by default')
    .option('-u, --user <localpart>', 'name of the user, without @ and server')
    .addOption(new Option('-p, --password <password>', 'better asked for than given here').conflicts('passwordFile'))
    .option('--password-file <file>', 'file with the password in its first line')
    .option('-t, --user_type <type>', 'support or bot')
    .addOption(new Option('--user-type <type>').hideHelp())
    .option('-a, --admin', 'make an administrator')
    .option('--no-admin', 'make no administrator')
    .option('--exists-ok', 'succeed when there is such a user already')
    .addOption(configOption().conflicts('sharedSecret'))
    .option('-k, --shared-secret <secret>', 'registration_shared_secret of the server')
    .action(async (url: string | undefined, options) => {
      const { registerUser } = await import('./commands/register-user.js');
      await registerUser({ ...options, userType: options.userType ?? options.user_type }, url);
    });
}

function addHashPassword(hearth: Command): void {
  hearth
    .command('hash-password')
    .description('print the hash of a password; asks for the password if it is not given')
    .option('-p, --password <password>', 'better asked for than given here')
    .option('-r, --rounds <rounds>', 'bcrypt cost; from the configuration, or 12')
    .addOption(configOption())
    .action(async (options) => (await import('./commands/hash-password.js')).hashPassword(options));
}

const SERVICE = {
  start: 'run in the background; returns once requests are answered',
  stop: 'end the server in the background; returns once everything is written',
  restart: 'stop, then start',
  status: 'say whether the server runs; exit code 3 when it does not',
} as const;

function addService(hearth: Command): void {
  for (const [name, description] of Object.entries(SERVICE)) {
    hearth
      .command(name)
      .description(description)
      .addOption(configOption())
      .addOption(configPathOption())
      .action(async (options) =>
        (await import('./commands/service.js'))[name as keyof typeof SERVICE](withConfigPath(options)),
      );
  }
}

function addInstallService(hearth: Command): void {
  hearth
    .command('install-service')
    .description('run the server from the start of this computer on, without a display (systemd)')
    .addOption(configOption())
    .option('--remove', 'take the service away again')
    .action(async (options) => (await import('./commands/install-service.js')).installService(options));
}

function addRestoreKey(hearth: Command): void {
  hearth
    .command('restore-key')
    .description('put the signing key of a recovery kit back, so that other servers know this one again')
    .argument('<kit>', 'the file that was saved when the kit was made')
    .addOption(configOption())
    .option('--passphrase-file <file>', 'file with the passphrase in its first line; asked for otherwise')
    .option('--replace', 'put aside another key that is there')
    .action(async (kit: string, options) => (await import('./commands/restore-key.js')).restoreKey(kit, options));
}

function addDiagnose(hearth: Command): void {
  hearth
    .command('diagnose')
    .description('say step by step whether and how another server is reached; exit code 1 when it cannot be')
    .argument('<name>', 'name of the server, the end of its user ids: matrix.org')
    .addOption(configOption())
    .option('--json', 'print everything that was found as JSON')
    .action(async (name: string, options) => {
      const { diagnose } = await import('./commands/diagnose.js');
      process.exitCode = await diagnose(name, options);
    });
}

function addProblemReport(hearth: Command): void {
  hearth
    .command('problem-report')
    .description('write a file with what somebody who helps needs to know; nothing is sent')
    .addOption(configOption())
    .option('-o, --output <folder>', 'where to write it; here by default')
    .option('--real-names', 'leave names and addresses as they are')
    .action(async (options) => (await import('./commands/problem-report.js')).problemReport(options));
}

const DEMO = {
  start: 'start them, with a person on each and a room that they share',
  stop: 'stop them',
  clean: 'stop them and delete all that they stored',
} as const;

function addDemo(hearth: Command): void {
  const demo = hearth
    .command('demo')
    .description('three servers on this computer that talk to each other, to try things');
  for (const [name, description] of Object.entries(DEMO)) {
    const command = demo
      .command(name)
      .description(description)
      .option('--directory <folder>', 'where they keep everything; beside the folder of the real server by default');
    if (name === 'start') {
      command
        .option('--client-port <port>', 'first of three ports for clients (default 8081)', toPort)
        .option('--server-port <port>', 'first of three ports for other servers (default 8481)', toPort);
    }
    command.action(async (options) => {
      const { demoStart, demoStop, demoClean } = await import('./commands/demo.js');
      await { start: demoStart, stop: demoStop, clean: demoClean }[name as keyof typeof DEMO](options);
    });
  }
}

const configOption = () => new Option('-c, --config <file>', CONFIG_HELP).argParser(collect);

/** What Synapse calls it. */
const configPathOption = () => new Option('--config-path <file>', CONFIG_HELP).argParser(collect).hideHelp();

interface WithConfig {
  readonly config?: readonly string[];
  readonly configPath?: readonly string[];
}

const withConfigPath = <O extends WithConfig>({ configPath = [], config = [], ...others }: O) => ({
  ...others,
  config: [...config, ...configPath],
});

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function toPort(text: string): number {
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
}
