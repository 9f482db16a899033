/** A key and a certificate signed with it, made on the spot: no key lies in the repository. */
import { Buffer } from 'node:buffer';
import { generateKeyPairSync, sign } from 'node:crypto';

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));

const ECDSA_WITH_SHA256 = sequence(oid('2a8648ce3d040302'));
const COMMON_NAME = '550403';
const ALT_NAMES = '551d11';

export interface Certificate {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** For the DNS name, and for 127.0.0.1 if asked. */
export function makeCertificate(name: string, loopback = false): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(name)))));
  const year = new Date().getUTCFullYear() % 100;
  const time = (offset: number): Buffer =>
    der(0x17, Buffer.from(`${String(year + offset).padStart(2, '0')}0101000000Z`));
  const altNames = sequence(
    der(0x82, Buffer.from(name)),
    ...(loopback ? [der(0x87, Buffer.from([127, 0, 0, 1]))] : []),
  );
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    ECDSA_WITH_SHA256,
    names,
    sequence(time(-1), time(2)),
    names,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(oid(ALT_NAMES), der(0x04, altNames)))),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const whole = sequence(body, ECDSA_WITH_SHA256, signature).toString('base64');
  return {
    key: Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    cert: Buffer.from(`-----BEGIN CERTIFICATE-----\n${whole}\n-----END CERTIFICATE-----\n`),
  };
}
