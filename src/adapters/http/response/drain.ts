import { finished, type Readable } from 'node:stream';

const MAX_MS = 1000;
const MAX_BYTES = 1024 * 1024;

/**
 * Discards the data that a client still sends, up to a limit. If a connection is closed with unread data, TCP resets it, and
 * the client may lose the response.
 */
export function drain(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const stop = () => {
      clearTimeout(timer);
      stream.off('data', count);
      resolve();
    };
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BYTES) stop();
    };
    const timer = setTimeout(stop, MAX_MS);
    finished(stream, { writable: false }, stop);
    stream.on('data', count).resume();
  });
}
