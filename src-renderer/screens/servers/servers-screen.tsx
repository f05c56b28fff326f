import { GoneServersNotice } from './gone-servers.js';
import { JoinsList } from './joins-list.js';
import { ServerChecks } from './server-checks.js';
import { ServerList } from './server-list.js';
import { ServersPage } from './servers-page.js';

/** Other servers: whether they and we reach each other, and what waits for them. */
export const ServersScreen = () => (
  <ServersPage current="list">
    <JoinsList />
    <GoneServersNotice />
    <ServerList />
    <ServerChecks />
  </ServersPage>
);
