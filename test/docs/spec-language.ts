/** Every key of the spec language, from the zod schemas that check it: group.key, what it takes, whether it must be there. */
import { z } from 'zod';
import {
  bodyField,
  operation,
  operationsFile,
  protocolFile,
  rule,
  transactionFile,
} from '../../src/protocol/spec.ts';
import { creditKind, sweep } from '../../src/protocol/spec-credits.ts';
import { expr, exprs, patterns } from '../../src/protocol/spec-expr.ts';
import { certainty, field, mask } from '../../src/protocol/spec-field.ts';
import {
  delimitedEnvelope,
  headPart,
  headsFraming,
  httpFraming,
  xmlEnvelope,
} from '../../src/protocol/spec-framing.ts';
import {
  event,
  hint,
  identity,
  question,
  replyField,
  said,
  shownBy,
  told,
} from '../../src/protocol/spec-push.ts';

export interface Key {
  readonly name: string;
  readonly takes: string;
  readonly needed: string;
}

type Type = z.core.$ZodType;

/** What may be there or not, without that. */
function bare(type: Type): Type {
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault) return bare(type.unwrap());
  return type;
}

function listSchema(): z.ZodObject {
  const request = bare(transactionFile.shape.request);
  const part = request instanceof z.ZodArray ? request.element : undefined;
  const other = part instanceof z.ZodUnion ? part.options.find((one) => one !== field) : undefined;
  if (other instanceof z.ZodObject) return other;
  throw new Error('no list beside the fields of a request');
}

const groups = new Map<Type, string>([
  [protocolFile, 'protocol'],
  [transactionFile, 'transaction'],
  [httpFraming, 'http'],
  [headsFraming, 'heads'],
  [headPart, 'part'],
  [xmlEnvelope, 'xml'],
  [delimitedEnvelope, 'delimited'],
  [field, 'field'],
  [listSchema(), 'list'],
  [rule, 'rule'],
  [operationsFile, 'file'],
  [operation, 'operation'],
  [bodyField, 'body'],
  [hint, 'hint'],
  [event, 'event'],
  [question, 'question'],
  [identity, 'identity'],
  [said, 'said'],
  [shownBy, 'shown'],
  [told, 'told'],
  [replyField, 'reply'],
  [sweep, 'sweep'],
  [creditKind, 'kind'],
]);

const words = new Map<Type, string>([
  [expr, 'expression'],
  [exprs, 'mapping'],
  [patterns, 'patterns'],
  [certainty, 'certainty'],
  [mask, 'mask'],
]);

const code = (value: unknown): string => `\`${String(value)}\``;

function takes(given: Type): string {
  const type = bare(given);
  const known = words.get(type) ?? groups.get(type);
  if (known !== undefined) return known;
  if (type instanceof z.ZodEnum) return type.options.map(code).join(' · ');
  if (type instanceof z.ZodLiteral) return [...type.values].map(code).join(' · ');
  if (type instanceof z.ZodNumber) return 'number';
  if (type instanceof z.ZodArray) return `list of ${takes(type.element)}`;
  if (type instanceof z.ZodRecord) return `map of ${takes(type.valueType)}`;
  if (type instanceof z.ZodUnion) return type.options.map(takes).join(' or ');
  if (type instanceof z.ZodObject) return 'group';
  if (type instanceof z.ZodString) return 'text';
  throw new Error(`no words for ${type._zod.def.type}`);
}

function needed(type: Type): string {
  if (type instanceof z.ZodOptional) return 'no';
  if (!(type instanceof z.ZodDefault)) return 'yes';
  const value = type.def.defaultValue;
  return typeof value === 'object' ? 'no' : `no: ${code(value)}`;
}

/** Objects that are no group of their own, wherever they stand inside. */
function inner(given: Type): z.ZodObject[] {
  const type = bare(given);
  if (groups.has(type) || words.has(type)) return [];
  if (type instanceof z.ZodObject) return [type];
  if (type instanceof z.ZodArray) return inner(type.element);
  if (type instanceof z.ZodRecord) return inner(type.valueType);
  if (type instanceof z.ZodUnion) return type.options.flatMap(inner);
  return [];
}

const keysOf = (object: z.ZodObject, path: string): Key[] =>
  Object.entries(object.shape).flatMap(([key, type]) => {
    const name = `${path}.${key}`;
    const deeper = inner(type).flatMap((one) => keysOf(one, name));
    return [{ name, takes: takes(type), needed: needed(type) }, ...deeper];
  });

export const languageKeys = (): Key[] =>
  [...groups].flatMap(([type, group]) => (type instanceof z.ZodObject ? keysOf(type, group) : []));
