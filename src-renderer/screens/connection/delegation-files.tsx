import { Snippet } from '../../components/snippet.js';
import { useText } from '../../text/use-text.js';

/** What the site of the server's name has to answer, when the server is reached by another name. */
export function DelegationFiles({
  serverName,
  files,
}: {
  serverName: string;
  files: readonly { readonly path: string; readonly text: string }[];
}) {
  const text = useText();
  return (
    <section className="stack">
      <h3>{text('delegation.title')}</h3>
      <p className="soft">{text('delegation.text', { name: serverName })}</p>
      {files.map(({ path, text: words }) => (
        <Snippet key={path} label={text('delegation.file')} file={`https://${serverName}${path}`} text={words} />
      ))}
    </section>
  );
}
