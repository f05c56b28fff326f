import { Page } from '../../components/page.js';
import { useText } from '../../text/use-text.js';
import { ServerChecks } from './server-checks.js';
import { ServerList } from './server-list.js';

/** Other servers: whether they and we reach each other, and what waits for them. */
export function ServersScreen() {
  const text = useText();
  return (
    <Page title={text('servers.title')} lead={text('servers.lead')}>
      <ServerChecks />
      <ServerList />
    </Page>
  );
}
