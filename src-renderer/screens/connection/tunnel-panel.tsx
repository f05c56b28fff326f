import { Snippet } from '../../components/snippet.js';
import { useText } from '../../text/use-text.js';

const KINDS = ['cloudflare', 'tailscale', 'ssh'] as const;

/** Tunnels: what to run, what its provider sees, and what will not work. */
export function TunnelPanel({ host, upstream }: { host: string; upstream: string }) {
  const text = useText();
  const commands = {
    cloudflare: `cloudflared tunnel login
cloudflared tunnel create hearth
cloudflared tunnel route dns hearth ${host}
cloudflared tunnel run --url http://${upstream} hearth`,
    tailscale: `tailscale funnel --bg http://${upstream}`,
    ssh: `ssh -N -R 127.0.0.1:8008:${upstream} you@your-rented-server`,
  };
  return (
    <div className="stack">
      {KINDS.map((kind) => (
        <section key={kind} className="card">
          <h3>{text(`tunnel.${kind}`)}</h3>
          <p>{text(`tunnel.${kind}-text`, { host })}</p>
          <Snippet label={text('tunnel.run')} text={commands[kind]} />
          <p className="small soft">{text(`tunnel.${kind}-sees`)}</p>
        </section>
      ))}
      <p>{text('tunnel.calls')}</p>
    </div>
  );
}
