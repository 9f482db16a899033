/**
 * XML text → a small tree, and the escaping the other way. In: a whole document. Out: its elements in
 * order with their text exactly as sent; or MESSAGE_INVALID. Never a DTD, an entity of the document's
 * own, a second root, or anything after the root.
 *
 *   <?xml version="1.0" encoding="GBK"?><stream> … </stream>
 *                                       └ root, and the document ends with its closing tag ┘
 */
import { Parser } from 'xml2js';
import { YinqiError } from '../errors.ts';

export interface Element {
  readonly name: string;
  /** the attribute `name`, which only lists carry; all other attributes are ignored */
  readonly label: string | undefined;
  readonly text: string;
  readonly children: readonly Element[];
}

/** stream → list → row → field is four; an answer with something unknown inside may go deeper. */
const depthMax = 8;

const invalid = (detail: string, path?: string): YinqiError =>
  new YinqiError('MESSAGE_INVALID', { detail, ...(path === undefined ? {} : { path }) });

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

export const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, (char) => escapes[char] ?? char);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const own = (value: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined;

function elementOf(node: unknown, depth: number): Element {
  if (depth > depthMax) throw invalid(`more than ${depthMax} levels`);
  if (!isRecord(node)) throw invalid('no element');
  const name = own(node, '#name');
  const text = own(node, '_');
  const attributes = own(node, '$');
  const children = own(node, '$$');
  const label = isRecord(attributes) ? own(attributes, 'name') : undefined;
  return {
    name: typeof name === 'string' ? name : '',
    label: typeof label === 'string' ? label : undefined,
    text: typeof text === 'string' ? text : '',
    children: Array.isArray(children) ? children.map((child) => elementOf(child, depth + 1)) : [],
  };
}

/** xml2js reports the root and then forgets what follows it; so the end is looked at here. */
function wholeOf(text: string, roots: readonly string[]): string {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw invalid('document type');
  const root = roots.find((one) => new RegExp(`</${one}\\s*>\\s*$`).test(text));
  if (root === undefined) throw invalid('not whole');
  const ends = text.match(new RegExp(`</${root}\\s*>`, 'g')) ?? [];
  if (ends.length > 1) throw invalid('more than one root');
  return root;
}

/** `roots`: names the root may have; plain letters, digits and _. */
export function parseXml(document: string, roots: readonly string[]): Element {
  const text = document.replace(/^\ufeff?\s*/, '');
  const root = wholeOf(text, roots);
  const parser = new Parser({
    strict: true,
    async: false,
    trim: false,
    normalize: false,
    explicitRoot: true,
    explicitChildren: true,
    preserveChildrenOrder: true,
  });
  let parsed: unknown;
  let failed = false;
  try {
    parser.parseString(text, (error: Error | null, result: unknown) => {
      // a parser that has failed once may still call with a result
      failed ||= error !== null;
      parsed = result;
    });
  } catch {
    failed = true;
  }
  const node = !failed && isRecord(parsed) ? own(parsed, root) : undefined;
  // the cause is not kept: the parser's message quotes the document
  if (!isRecord(node)) throw invalid(failed ? 'not well-formed' : `root is not ${root}`);
  return elementOf(node, 1);
}
