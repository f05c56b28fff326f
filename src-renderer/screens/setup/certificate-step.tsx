import { FileKey, Stamp } from 'lucide-react';
import { useState } from 'react';
import { ChoiceCards } from '../../components/choice-cards.js';
import { Notice } from '../../components/notice.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';
import { CertificateFields } from '../connection/certificate-fields.js';
import { chosenHost, type StepProps } from './answers.js';
import { StepPage } from './step-page.js';

/** What proves to apps and servers that this is the server of that name. */
export function CertificateStep({ answers, change, onNext, onBack }: StepProps) {
  const text = useText();
  const { certificate, way } = answers;
  const host = chosenHost(answers);
  const check = useAction('connection.checkCertificate');
  const [isRefused, setRefused] = useState(false);
  const next = async () => {
    if (!certificate) return onNext();
    const isComplete = certificate.certificatePath !== '' && certificate.privateKeyPath !== '';
    const judged = isComplete ? await check.run({ ...certificate, host }) : undefined;
    setRefused(!judged?.value.isUsable);
    if (judged?.value.isUsable) onNext();
  };
  return (
    <StepPage
      title={text('certificate.title')}
      lead={text('certificate.lead')}
      why={text('certificate.why')}
      isBusy={check.isBusy}
      onNext={() => void next()}
      onBack={onBack}
    >
      <ChoiceCards
        legend={text('certificate.question')}
        hideLegend
        value={certificate ? 'files' : 'own'}
        onChange={(kind) =>
          change({ certificate: kind === 'own' ? undefined : { certificatePath: '', privateKeyPath: '' } })
        }
        choices={[
          {
            value: 'own',
            icon: Stamp,
            title: text('certificate.choice-own'),
            text: text(way === 'direct' ? 'certificate.choice-own-direct' : 'certificate.choice-own-home'),
          },
          {
            value: 'files',
            icon: FileKey,
            title: text('certificate.choice-files'),
            text: text('certificate.choice-files-text'),
          },
        ]}
      />
      {certificate && (
        <CertificateFields files={certificate} host={host} onChange={(files) => change({ certificate: files })} />
      )}
      {isRefused && <Notice tone="bad" title={text('certificate.refused')} />}
      {check.error && <Failure error={check.error} />}
      <p className="small soft">{text('certificate.automatic')}</p>
    </StepPage>
  );
}
