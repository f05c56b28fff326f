import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { useAppearance } from './appearance/appearance.js';
import { ErrorBoundary } from './components/error-boundary.js';
import { JoinScreen } from './screens/join/join-screen.js';
import { PasswordScreen } from './screens/join/password-screen.js';
import { LanguageContext } from './text/use-text.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/frame.css';
import './styles/screens.css';

const root = document.getElementById('root');
if (!root) throw new Error('the page has no place for the invitation');

createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <Join />
    </ErrorBoundary>
  </StrictMode>,
);

/** The page behind an invitation's link, or behind one for a new password: for somebody who is signed in nowhere. */
function Join() {
  const [{ language }] = useAppearance();
  const token = location.hash.slice(1);
  return (
    <LanguageContext value={language}>
      {location.pathname.endsWith('/password') ? <PasswordScreen token={token} /> : <JoinScreen token={token} />}
    </LanguageContext>
  );
}
