import { type ReactNode, useState } from 'react';
import { Redirect, Route, Router, Switch } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { AppearanceContext, useAppearance } from './appearance/appearance.js';
import { ErrorBoundary } from './components/error-boundary.js';
import { Failure, Loading } from './components/states.js';
import { useQuery } from './control/use-control.js';
import { Frame } from './frame.js';
import { ConnectionScreen } from './screens/connection/connection-screen.js';
import { HomeScreen } from './screens/home/home-screen.js';
import { LockedScreen } from './screens/locked/locked-screen.js';
import { LogsAboutScreen, LogsScreen } from './screens/logs/logs-screen.js';
import { PeopleScreen } from './screens/people/people-screen.js';
import { PersonScreen } from './screens/people/person-screen.js';
import { BlocksScreen } from './screens/servers/blocks-screen.js';
import { LateScreen } from './screens/servers/late-screen.js';
import { ReachScreen } from './screens/servers/reach-screen.js';
import { RoomScreen } from './screens/rooms/room-screen.js';
import { RoomsScreen } from './screens/rooms/rooms-screen.js';
import { StorageScreen } from './screens/storage/storage-screen.js';
import { ServerScreen } from './screens/servers/server-screen.js';
import { ServersScreen } from './screens/servers/servers-screen.js';
import { TrafficScreen } from './screens/servers/traffic-screen.js';
import { SettingsScreen } from './screens/settings/settings-screen.js';
import { SetupBand } from './screens/setup/setup-band.js';
import { SetupScreen } from './screens/setup/setup-screen.js';
import { LanguageContext } from './text/use-text.js';

/** The console: the wizard until there is a server, the screens from then on. */
export function App() {
  const [appearance, change] = useAppearance();
  return (
    <LanguageContext value={appearance.language}>
      <AppearanceContext value={{ appearance, change }}>
        <ErrorBoundary>
          {/* the router takes its hook as a value: that is how it is told where places are kept */}
          {/* oxlint-disable-next-line react/hooks */}
          <Router hook={useHashLocation}>
            <Entrance />
          </Router>
        </ErrorBoundary>
      </AppearanceContext>
    </LanguageContext>
  );
}

function Entrance() {
  const setup = useQuery('setup.state', undefined, ['setup.changed']);
  const [isLater, setLater] = useState(false);
  if (setup.state === 'loading') return <Splash />;
  if (setup.state === 'failed') {
    if (setup.error.code === 'UNAUTHENTICATED') return <LockedScreen />;
    return (
      <main className="page">
        <Failure error={setup.error} onRetry={setup.reload} />
      </main>
    );
  }
  if (setup.stale?.code === 'UNAUTHENTICATED') return <LockedScreen />;
  const { configured, unfinished } = setup.value;
  if (!configured || (unfinished && !isLater)) {
    return <SetupScreen state={setup.value} onLater={() => setLater(true)} />;
  }
  return <Screens band={unfinished && <SetupBand onGoOn={() => setLater(false)} />} />;
}

const Splash = () => (
  <main className="page">
    <Loading />
  </main>
);

function Screens({ band }: { band: ReactNode }) {
  return (
    <Frame>
      {band}
      <Switch>
        <Route path="/" component={HomeScreen} />
        <Route path="/people" component={PeopleScreen} />
        <Route path="/people/person/:id" component={PersonScreen} />
        <Route path="/people/person/:id/:view" component={PersonScreen} />
        <Route path="/people/:tab" component={PeopleScreen} />
        <Route path="/rooms" component={RoomsScreen} />
        <Route path="/rooms/-/:view" component={RoomsScreen} />
        <Route path="/rooms/:id" component={RoomScreen} />
        <Route path="/storage" component={StorageScreen} />
        <Route path="/storage/:view" component={StorageScreen} />
        <Route path="/servers" component={ServersScreen} />
        <Route path="/servers/-/reach" component={ReachScreen} />
        <Route path="/servers/-/traffic" component={TrafficScreen} />
        <Route path="/servers/-/late" component={LateScreen} />
        <Route path="/servers/-/blocks" component={BlocksScreen} />
        <Route path="/servers/:name" component={ServerScreen} />
        <Route path="/servers/:name/:check" component={ServerScreen} />
        <Route path="/connection" component={ConnectionScreen} />
        <Route path="/connection/:tab" component={ConnectionScreen} />
        <Route path="/logs" component={LogsScreen} />
        <Route path="/logs/:view" component={LogsScreen} />
        <Route path="/logs/about/:kind/:value" component={LogsAboutScreen} />
        <Route path="/settings" component={SettingsScreen} />
        <Route path="/settings/:tab" component={SettingsScreen} />
        <Route>
          <Redirect to="/" />
        </Route>
      </Switch>
    </Frame>
  );
}
