import { RotateCw } from 'lucide-react';
import { Button } from '../../components/button.js';
import { Notice } from '../../components/notice.js';
import { Failure } from '../../components/states.js';
import { useAction } from '../../control/use-control.js';
import { useText } from '../../text/use-text.js';

/** What was changed counts from the next start on. */
export function RestartNotice() {
  const text = useText();
  const restart = useAction('server.restart');
  return (
    <Notice
      tone="warn"
      title={text('connection.restart')}
      actions={
        <Button icon={RotateCw} isBusy={restart.isBusy} onClick={() => void restart.run(undefined)}>
          {text('action.restart')}
        </Button>
      }
    >
      {text('connection.restart-text')}
      {restart.error && <Failure error={restart.error} />}
    </Notice>
  );
}
