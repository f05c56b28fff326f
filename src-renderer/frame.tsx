import { Search } from 'lucide-react';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { Logo } from './components/logo.js';
import { useQuery } from './control/use-control.js';
import { Palette } from './palette/palette.js';
import { PLACES } from './palette/places.js';
import { ShortcutsDialog } from './palette/shortcuts-dialog.js';
import { useShortcuts } from './palette/use-shortcuts.js';
import { ServerBand } from './screens/home/server-band.js';
import { StatusPill } from './screens/home/status-pill.js';
import { useText } from './text/use-text.js';

const SECTIONS = PLACES.filter(({ isSection }) => isSection);
const POLL = 15_000;

/** What stands around every screen: the rail, the state of the server, and bands for what everybody must know. */
export function Frame({ children }: { children: ReactNode }) {
  const text = useText();
  const main = useRef<HTMLElement>(null);
  const [open, setOpen] = useState<'palette' | 'keys'>();
  const close = useCallback(() => setOpen(undefined), []);
  const openPalette = useCallback(() => setOpen('palette'), []);
  const openKeys = useCallback(() => setOpen('keys'), []);
  useShortcuts({ onPalette: openPalette, onHelp: openKeys });
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
        <button type="button" className="nav-entry go-to" onClick={openPalette} aria-keyshortcuts="Control+K Meta+K">
          <Search size={20} aria-hidden="true" />
          <span>{text('palette.open')}</span>
        </button>
        <div className="rail-foot">
          <StatusPill />
        </div>
      </header>
      <main className="content" id="main" ref={main} tabIndex={-1}>
        <ServerBand status={status} />
        {children}
      </main>
      <Palette isOpen={open === 'palette'} onClose={close} />
      <ShortcutsDialog isOpen={open === 'keys'} onClose={close} />
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
        {SECTIONS.map(({ path, icon: Icon, label }) => (
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
