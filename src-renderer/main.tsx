import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { createHttpClient, openSessionFromAddress, openSessionsByLink } from './control/http-client.js';
import { createIpcClient } from './control/ipc-client.js';
import { ControlContext } from './control/use-control.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/frame.css';
import './styles/palette.css';
import './styles/screens.css';
import './styles/servers.css';
import './styles/health.css';
import './styles/logs.css';
import './styles/connection.css';
import './styles/people.css';
import './styles/rooms.css';
import './styles/storage.css';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no place for the console');

const client = window.hearth ? createIpcClient(window.hearth) : createHttpClient();
if (!client.isDesktop) {
  openSessionsByLink();
  await openSessionFromAddress();
}

createRoot(root).render(
  <StrictMode>
    <ControlContext value={client}>
      <App />
    </ControlContext>
  </StrictMode>,
);
