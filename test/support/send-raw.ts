import { connect } from 'node:net';
import { type ApiResponse, jsonOf } from './api-client.ts';

/** Sends bytes on a new connection. Resolves to every response until the server closes the connection. */
export async function sendRaw(url: string, bytes: string | Uint8Array): Promise<readonly ApiResponse[]> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  const received: Buffer[] = [];
  for await (const chunk of socket) received.push(chunk);
  return responsesIn(Buffer.concat(received));
}

function responsesIn(bytes: Buffer): readonly ApiResponse[] {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return [];
  const [start = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [line.split(':', 1).join(), line.replace(/^[^:]*: */, '')]),
  );
  const rest = bytes.subarray(end + 4);
  const length = Number(headers.get('Content-Length') ?? 0);
  const text = rest.subarray(0, length).toString('utf8');
  const response = { status: Number(start.split(' ')[1]), headers, text, body: jsonOf(text) };
  return [response, ...responsesIn(rest.subarray(length))];
}
