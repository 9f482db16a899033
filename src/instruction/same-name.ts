/** Full-width and half-width letters are one letter to a bank; white space means nothing in a name. */
export function sameName(a: string, b: string): boolean {
  const plain = (name: string): string => name.normalize('NFKC').replaceAll(/\s+/g, '');
  return plain(a) === plain(b) && plain(a) !== '';
}
