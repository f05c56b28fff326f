import type { Logger } from '../base/logger.js';
import { type Control, type ControlEvents, createControl } from './procedure.js';
import { connectionProcedures } from './procedures/connection.js';
import { healthProcedures } from './procedures/health.js';
import { invitationProcedures } from './procedures/invitations.js';
import { logProcedures } from './procedures/logs.js';
import { peopleProcedures } from './procedures/people.js';
import { roomProcedures } from './procedures/rooms.js';
import { serverProcedures } from './procedures/server.js';
import { otherServerProcedures } from './procedures/other-servers.js';
import { reachProcedures } from './procedures/reach.js';
import { storageProcedures } from './procedures/storage.js';
import { settingsProcedures } from './procedures/settings.js';
import { setupProcedures } from './procedures/setup.js';
import type { ServerHost } from './server-host.js';
import type { DiskSpaceOf } from './setup/folder-check.js';

/** Everything a console may ask of a server, over whoever owns the server's life. */
export const createConsoleControl = (
  host: ServerHost,
  deps: { events: ControlEvents; log: Logger; diskSpace?: DiskSpaceOf },
): Control =>
  createControl(
    [
      setupProcedures(host, deps.diskSpace),
      connectionProcedures(host),
      serverProcedures(host),
      peopleProcedures(host),
      invitationProcedures(host),
      roomProcedures(host),
      storageProcedures(host),
      otherServerProcedures(host),
      reachProcedures(host),
      healthProcedures(host),
      logProcedures(host),
      settingsProcedures(host),
    ],
    deps,
  );
