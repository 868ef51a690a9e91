/** The editor that shows this page. */
declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
};

/** A typed connection to the extension; make one for each page, once. */
export function connectHost<To, From>(onMessage: (message: To) => void): (message: From) => void {
  const api = acquireVsCodeApi();
  // Messages come from the extension only: a webview has no other window that could post to it.
  window.addEventListener('message', (event: MessageEvent<To>) => onMessage(event.data));
  return (message) => api.postMessage(message);
}
