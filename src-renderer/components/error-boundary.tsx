import { Component, type ReactNode } from 'react';

/** The last resort when a screen breaks: says so in plain words, with a way back. Uses nothing that may be broken too. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <main className="page">
        <h1>This page broke</h1>
        <p>The server itself is not affected. Load the console again; if it happens again, please report it.</p>
        <p className="mono breakable">{error.message}</p>
        <button type="button" className="button button-primary" onClick={() => location.reload()}>
          Load again
        </button>
      </main>
    );
  }
}
