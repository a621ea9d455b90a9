/** What severities are called here, beside SEV0 to SEV3: the frame brings the names along. */

const WORDS = ['SEV0', 'SEV1', 'SEV2', 'SEV3'];

class Names {
  all = $state.raw<readonly string[]>([]);
}

export const severityNames = new Names();

/** `SEV1 Critical`; the bare word where it has no other name. */
export function severityName(word: string): string {
  const name = severityNames.all[WORDS.indexOf(word)];
  return name ? `${word} ${name}` : word;
}
