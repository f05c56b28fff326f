import { Dialog } from '../components/dialog.js';
import { type TextKey, useText } from '../text/use-text.js';

const isMac = navigator.userAgent.includes('Mac');

/** Keys as they are printed on keyboards, and what they do. */
const KEYS: readonly { keys: readonly string[]; label: TextKey }[] = [
  { keys: [isMac ? '⌘' : 'Ctrl', 'K'], label: 'shortcuts.palette' },
  { keys: ['F6'], label: 'shortcuts.region' },
  { keys: ['Esc'], label: 'shortcuts.close' },
  { keys: ['?'], label: 'shortcuts.help' },
];

/** Which keys do what. */
export function ShortcutsDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useText();
  return (
    <Dialog title={text('shortcuts.title')} isOpen={isOpen} onClose={onClose}>
      <dl className="shortcuts">
        {KEYS.map(({ keys, label }) => (
          <div key={label} className="shortcut">
            <dt>{text(label)}</dt>
            <dd>
              {keys.map((key) => (
                <kbd key={key} className="mono">
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
