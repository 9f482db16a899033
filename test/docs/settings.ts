/** Every setting of the config schema as the page must show it: path, type, default, meaning. */
import { z } from 'zod';
import { config } from '../../src/config.ts';

export interface Setting {
  readonly path: string;
  readonly type: string;
  readonly usual: string;
  readonly meaning: string;
}

interface Node {
  readonly type?: string;
  readonly properties?: Record<string, Node>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

function rangeText({ exclusiveMinimum, maximum, minimum }: Node): string {
  const least = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + 1;
  if (least === undefined) return '';
  return maximum === undefined || maximum === Number.MAX_SAFE_INTEGER
    ? ` ≥ ${least}`
    : ` ${least}…${maximum}`;
}

function typeText(node: Node): string {
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(' · ');
  switch (node.type) {
    case 'string':
      return node.pattern === undefined ? 'text' : `text \`${node.pattern}\``;
    case 'boolean':
      return '`true` · `false`';
    case 'array':
      return `list of ${typeText(node.items ?? {})}`;
    case 'integer':
    case 'number':
      return `${node.type}${rangeText(node)}`;
    default:
      return `unknown type ${node.type}`;
  }
}

function usualText(node: Node, isRequired: boolean): string {
  if (node.default !== undefined) {
    const value = typeof node.default === 'string' ? node.default : JSON.stringify(node.default);
    return `\`${value}\``;
  }
  return isRequired ? 'required' : '–';
}

function walk(node: Node, path: string, isRequired: boolean): Setting[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, inner]) =>
      walk(inner, path === '' ? name : `${path}.${name}`, node.required?.includes(name) ?? false),
    );
  }
  if (typeof node.additionalProperties === 'object') {
    const inner = node.additionalProperties;
    // a map of texts is one setting; a map of groups is described by what stands in a group
    if (inner.properties !== undefined) return walk(inner, `${path}.<name>`, true);
    const usual = usualText(node, isRequired);
    return [{ path, type: `map of ${typeText(inner)}`, usual, meaning: node.description ?? '' }];
  }
  if (node.items?.properties !== undefined) return walk(node.items, `${path}[]`, true);
  const usual = usualText(node, isRequired);
  return [{ path, type: typeText(node), usual, meaning: node.description ?? '' }];
}

export const settings = (): Setting[] =>
  walk(z.toJSONSchema(config, { io: 'input' }) as Node, '', true);
