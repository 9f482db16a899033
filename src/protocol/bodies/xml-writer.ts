/**
 * Texts → an XML document in canonical form: declaration with the charset, the order of the spec, no white
 * space between elements, `<a></a>` for empty and never `<a/>`.
 *
 *   named lists      …<stream><action>…</action>…<list name="X"><row>…</row></list></stream>
 *   repeated lists   …<Result><Account>…</Account>…<X>…</X><X>…</X></Result>
 *   sections         …<ap><head><tr_code>…</tr_code>…</head><body>…</body></ap>
 */
import type { Charset } from '../charset.ts';
import { elementOf, type Side } from '../layout.ts';
import type { XmlEnvelope } from '../spec-framing.ts';
import { escapeText } from '../xml.ts';
import { type FieldText, isListTexts, type ListTexts, type PartTexts } from './texts.ts';

function element({ field, text }: FieldText): string {
  if (text === '' && field.mayBeAbsent) return '';
  const name = elementOf(field);
  return `<${name}>${escapeText(text)}</${name}>`;
}

const inside = (fields: readonly FieldText[]): string => fields.map(element).join('');

function listText({ list, rows }: ListTexts, envelope: XmlEnvelope): string {
  if (rows === undefined) return '';
  const [open, close] =
    envelope.lists === 'repeated' ? [`<${list.list}>`, `</${list.list}>`] : ['<row>', '</row>'];
  const all = rows.map((row) => `${open}${inside(row)}${close}`).join('');
  return envelope.lists === 'repeated' ? all : `<list name="${list.list}">${all}</list>`;
}

/** Every section is written, whatever is in it. A list stands in the last one. */
function sectioned(parts: readonly PartTexts[], envelope: XmlEnvelope): string {
  const write = (part: PartTexts) => (isListTexts(part) ? listText(part, envelope) : element(part));
  const { sections } = envelope;
  if (sections === undefined) return parts.map(write).join('');
  const last = sections.at(-1);
  const sectionOf = (part: PartTexts) => (isListTexts(part) ? last : (part.field.section ?? last));
  return sections
    .map((name) => {
      const own = parts.filter((part) => sectionOf(part) === name);
      return `<${name}>${own.map(write).join('')}</${name}>`;
    })
    .join('');
}

export function xmlDocument(
  parts: readonly PartTexts[],
  envelope: XmlEnvelope,
  side: Side,
  charset: Charset,
): string {
  const { root, declaration, answerDeclaration } = envelope;
  const template = side === 'answer' ? (answerDeclaration ?? declaration) : declaration;
  const first = template.replace('{charset}', charset);
  return `${first}<${root}>${sectioned(parts, envelope)}</${root}>`;
}
