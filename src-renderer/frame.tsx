import { Globe, House, type LucideIcon, ScrollText, Settings, Users } from 'lucide-react';
import { type ReactNode, useRef } from 'react';
import { Link, useLocation } from 'wouter';
import { Logo } from './components/logo.js';
import { useQuery } from './control/use-control.js';
import { ServerBand } from './screens/home/server-band.js';
import { StatusPill } from './screens/home/status-pill.js';
import { type TextKey, useText } from './text/use-text.js';

const ENTRIES: readonly { path: string; icon: LucideIcon; label: TextKey }[] = [
  { path: '/', icon: House, label: 'home.title' },
  { path: '/people', icon: Users, label: 'people.title' },
  { path: '/servers', icon: Globe, label: 'servers.title' },
  { path: '/logs', icon: ScrollText, label: 'logs.title' },
  { path: '/settings', icon: Settings, label: 'settings.title' },
];
const POLL = 15_000;

/** What stands around every screen: the rail, the state of the server, and bands for what everybody must know. */
export function Frame({ children }: { children: ReactNode }) {
  const text = useText();
  const main = useRef<HTMLElement>(null);
  const status = useQuery('server.status', undefined, ['server.changed', 'setup.changed'], POLL);
  return (
    <div className="frame">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {text('frame.skip')}
      </a>
      <header className="rail">
        <div className="brand">
          <Logo size={36} />
          <div className="brand-words">
            <span className="brand-name">Hearth</span>
            {status.state === 'ready' && status.value.serverName && (
              <bdi className="small soft breakable">{status.value.serverName}</bdi>
            )}
          </div>
        </div>
        <Navigation />
        <div className="rail-foot">
          <StatusPill status={status} />
        </div>
      </header>
      <main className="content" id="main" ref={main} tabIndex={-1}>
        <ServerBand status={status} />
        {children}
      </main>
    </div>
  );
}

function Navigation() {
  const text = useText();
  const [location] = useLocation();
  const isHere = (path: string) => (path === '/' ? location === '/' : location.startsWith(path));
  return (
    <nav className="nav" aria-label={text('frame.navigation')}>
      <ul>
        {ENTRIES.map(({ path, icon: Icon, label }) => (
          <li key={path}>
            <Link href={path} className="nav-entry" aria-current={isHere(path) ? 'page' : undefined}>
              <Icon size={20} aria-hidden="true" />
              <span>{text(label)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
