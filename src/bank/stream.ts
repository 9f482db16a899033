/** A stream as the pure machines know it: what happens to it as events, and a write that never throws. */

/** What of a socket is used here: node:net, node:tls, and what stands in for them. */
export interface Stream {
  readonly destroyed: boolean;
  readonly writable: boolean;
  readonly readableEnded: boolean;
  on(event: 'data', heard: (bytes: Uint8Array) => void): unknown;
  on(event: 'error', heard: (error: Error) => void): unknown;
  on(event: 'end' | 'close', heard: () => void): unknown;
  once(event: 'connect' | 'secureConnect' | 'close', heard: () => void): unknown;
  write(bytes: Uint8Array): unknown;
  end(bytes: Uint8Array): unknown;
  destroy(): unknown;
}

export type StreamEvent =
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }
  /** the peer ended its side */
  | { readonly type: 'end' }
  /** reset, refused, or closed */
  | { readonly type: 'error' };

/** `fault` hears the errno of an error before the machine does. */
export function heed(
  stream: Stream,
  apply: (event: StreamEvent) => void,
  fault: (code: string) => void = () => undefined,
): void {
  stream.on('data', (bytes: Uint8Array) => apply({ type: 'bytes', bytes }));
  stream.on('end', () => apply({ type: 'end' }));
  stream.on('error', (error: Error) => {
    fault('code' in error ? String(error.code) : error.name);
    apply({ type: 'error' });
  });
  stream.on('close', () => apply({ type: 'error' }));
}

/** From here on everything is "may have been sent", and a throw would say that it was not. `last`: our side ends. */
export function writeTo(stream: Stream, bytes: Uint8Array, last = false): void {
  try {
    if (last) stream.end(bytes);
    else stream.write(bytes);
  } catch {
    stream.destroy();
  }
}
