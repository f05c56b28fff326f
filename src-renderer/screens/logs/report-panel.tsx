import { LifeBuoy } from 'lucide-react';
import { useState } from 'react';
import type { SavedFile } from '../../../src-main/control/contract.js';
import { Button } from '../../components/button.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { FIRST_PRIVACY, PrivacyFields, wirePrivacy } from './privacy-fields.js';
import { SavedFileNotice } from './saved-file.js';

/** One file with what somebody who helps needs to know. Nothing is sent: it is a file. */
export function ReportPanel() {
  const text = useText();
  const [privacy, setPrivacy] = useState(FIRST_PRIVACY);
  const [saved, setSaved] = useState<SavedFile>();
  const report = useAction('logs.report');
  return (
    <section className="card" aria-label={text('logs.view-report')}>
      <h2>{text('logs.report-title')}</h2>
      <p>{text('logs.report-text')}</p>
      <ul className="bullets">
        {(['versions', 'state', 'health', 'log'] as const).map((part) => (
          <li key={part}>{text(`logs.report-${part}`)}</li>
        ))}
      </ul>
      <p className="soft">{text('logs.report-nothing-sent')}</p>
      <PrivacyFields privacy={privacy} onChange={setPrivacy} />
      {report.error && <Failure error={report.error} />}
      {saved && <SavedFileNotice file={saved} />}
      <div className="row">
        <Button
          kind="primary"
          icon={LifeBuoy}
          isBusy={report.isBusy}
          onClick={() => void report.run(wirePrivacy(privacy)).then((done) => done && setSaved(done.value))}
        >
          {text('logs.report-make')}
        </Button>
      </div>
    </section>
  );
}
