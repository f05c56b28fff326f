import { useState } from 'react';
import type { ExportPreview, ExportWish, LogFilter, SavedFile } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { ChoiceCards } from '../../components/choice-cards.js';
import { Dialog } from '../../components/dialog.js';
import { Failure, Loading } from '../../components/states.js';
import { useSettled } from '../../components/use-settled.js';
import { useAction, useQuery } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { plain } from './log-row.js';
import { FIRST_PRIVACY, PrivacyFields, wirePrivacy } from './privacy-fields.js';
import { SavedFileNotice } from './saved-file.js';

type Extent = 'shown' | 'memory' | 'files';

/** Writes lines into a file to hand on, and shows first what of them is replaced. */
export function ExportDialog({ isOpen, onClose, filter }: { isOpen: boolean; onClose(): void; filter: LogFilter }) {
  const text = useText();
  return (
    <Dialog title={text('logs.export-title')} description={text('logs.export-text')} isOpen={isOpen} onClose={onClose}>
      {isOpen && <ExportForm filter={filter} onClose={onClose} />}
    </Dialog>
  );
}

function ExportForm({ filter, onClose }: { filter: LogFilter; onClose(): void }) {
  const text = useText();
  const [extent, setExtent] = useState<Extent>('shown');
  const [privacy, setPrivacy] = useState(FIRST_PRIVACY);
  const [saved, setSaved] = useState<SavedFile>();
  const write = useAction('logs.export');
  const wish: ExportWish = {
    source: extent === 'files' ? 'files' : 'memory',
    ...(extent === 'shown' ? { filter } : {}),
    ...wirePrivacy(privacy),
  };
  const looked = useSettled(JSON.stringify({ ...wish, source: 'memory' }));
  if (saved) {
    return (
      <div className="stack">
        <SavedFileNotice file={saved} />
        <div className="row row-end">
          <Button onClick={onClose}>{text('action.done')}</Button>
        </div>
      </div>
    );
  }
  return (
    <div className="stack">
      <ChoiceCards<Extent>
        legend={text('logs.extent')}
        choices={(['shown', 'memory', 'files'] as const).map((value) => ({
          value,
          title: text(`logs.extent-${value}`),
          text: text(`logs.extent-${value}-text`),
        }))}
        value={extent}
        onChange={setExtent}
      />
      <PrivacyFields privacy={privacy} onChange={setPrivacy} />
      <Preview wish={looked} />
      {write.error && <Failure error={write.error} />}
      <div className="row row-end">
        <Button onClick={onClose}>{text('action.cancel')}</Button>
        <Button
          kind="primary"
          isBusy={write.isBusy}
          onClick={() => void write.run(wish).then((done) => done && setSaved(done.value))}
        >
          {text('logs.export-write')}
        </Button>
      </div>
    </div>
  );
}

/** The same lines as they are and as they will be, side by side. */
function Preview({ wish }: { wish: string }) {
  const text = useText();
  const preview = useQuery('logs.previewExport', JSON.parse(wish) as ExportWish);
  if (preview.state === 'loading') return <Loading lines={2} />;
  if (preview.state === 'failed') return <Failure error={preview.error} onRetry={preview.reload} />;
  const { samples, lines } = preview.value;
  return (
    <div className="stack-tight">
      <h3>{text('logs.preview')}</h3>
      <p className="small soft">{replacedText(text, preview.value)}</p>
      {samples.length > 0 && (
        // it scrolls, so it can have the focus
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="log-preview" tabIndex={0} role="group" aria-label={text('logs.preview')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{text('logs.preview-before')}</th>
                <th scope="col">{text('logs.preview-after')}</th>
              </tr>
            </thead>
            <tbody className="mono small">
              {samples.map(({ before, after }) => (
                <tr key={before}>
                  <td dir="ltr">{plain(before)}</td>
                  <td dir="ltr">{plain(after)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="small soft">{text('logs.preview-lines', { count: lines })}</p>
    </div>
  );
}

function replacedText(text: ReturnType<typeof useText>, { replaced }: ExportPreview): string {
  if (replaced.length === 0) return text('logs.replaced-nothing');
  const kinds = replaced.map(({ kind, count }) => text(`logs.replaced-${kind}`, { count }));
  return text('logs.replaced', { list: new Intl.ListFormat(text.language, { type: 'conjunction' }).format(kinds) });
}
