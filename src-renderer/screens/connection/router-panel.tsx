import { useText } from '../../text/use-text.js';

/** The three fields that every router asks for, filled in. */
export function RouterPanel({
  address,
  inside,
  outside = 443,
}: {
  address: string | undefined;
  inside: number;
  outside?: number;
}) {
  const text = useText();
  const fields = [
    { label: text('router.outside'), value: String(outside) },
    { label: text('router.computer'), value: address ?? '?' },
    { label: text('router.inside'), value: String(inside) },
  ];
  return (
    <div className="stack">
      <p>{text('router.how')}</p>
      <dl className="router">
        {fields.map(({ label, value }) => (
          <div key={label} className="router-field">
            <dt className="small soft">{label}</dt>
            <dd className="router-value">
              <bdi dir="ltr">{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      <ul className="bullets small soft">
        <li>{text('router.fixed')}</li>
        <li>{text('router.tcp')}</li>
        <li>{text('router.names')}</li>
      </ul>
    </div>
  );
}
