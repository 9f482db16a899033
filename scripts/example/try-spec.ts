/** The golden samples of one transaction through the codec: `try-spec <folder of a spec> <CODE>`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { decodeAnswer } from '../../src/protocol/decode.ts';
import { encodeRequest } from '../../src/protocol/encode.ts';
import { judge, rulesFor } from '../../src/protocol/judge.ts';
import { transactionOf } from '../../src/protocol/layout.ts';
import type { BankSpec } from '../../src/protocol/spec.ts';
import { readSpec } from '../../src/spec-directory.ts';

const row = z.record(z.string(), z.string());
const sidecar = z.record(
  z.string(),
  z.union([
    z.string(),
    z.looseObject({
      head: row.optional(),
      values: z.record(z.string(), z.union([z.string(), z.array(row)])),
    }),
  ]),
);
type Sample = Exclude<z.infer<typeof sidecar>[string], string>;

function triedRequest(spec: BankSpec, code: string, sample: Sample, bytes: Uint8Array): string {
  const { [spec.protocol.envelope.action]: _, ...values } = sample.values;
  const [charset = 'GBK'] = spec.protocol.charset.request;
  const made = encodeRequest(spec, code, values, charset, sample.head);
  const same = Buffer.compare(made, bytes) === 0;
  return same ? `${bytes.length} bytes, as its values make them` : 'its values make other bytes';
}

function triedAnswer(spec: BankSpec, code: string, bytes: Uint8Array): string {
  const message = decodeAnswer(spec, code, bytes);
  if (transactionOf(spec, code).kind === 'push') return 'ours';
  const { ended, says } = judge(spec, rulesFor(spec, code), message);
  const { asInquiry } = transactionOf(spec, code);
  const asked = asInquiry && judge(spec, asInquiry, message).says;
  const how = ended === undefined ? '' : ` (${ended})`;
  return `${says}${how}${asked === undefined ? '' : `; as an inquiry: ${asked}`}`;
}

export function trySpec(folder: string, code: string): string[] {
  const spec = readSpec(folder);
  const golden = join(folder, 'golden');
  const samples = sidecar.parse(parse(readFileSync(join(golden, `${code}.yaml`), 'utf8')));
  return Object.entries(samples).flatMap(([file, sample]) => {
    // why there is no refusal
    if (typeof sample === 'string') return [];
    const bytes = readFileSync(join(golden, file));
    const tried = file.startsWith(`${code}.request.`)
      ? triedRequest(spec, code, sample, bytes)
      : triedAnswer(spec, code, bytes);
    return [`${file}: ${tried}`];
  });
}

const [, script = '', folder = '', code = ''] = process.argv;
if (import.meta.url === pathToFileURL(script).href) {
  for (const line of trySpec(folder, code)) console.log(line);
}
