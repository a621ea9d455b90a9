/**
 * The four states, in order of urgency. An unknown word reads as blind: never green for what we do not understand.
 */
export const STATES = ['exhausted', 'burning', 'blind', 'calm'] as const;
export type State = (typeof STATES)[number];

export function stateOf(word: string): State {
  return (STATES as readonly string[]).includes(word) ? (word as State) : 'blind';
}

export const VERDICTS: Record<string, { state: State; word: string }> = {
  ok: { state: 'calm', word: 'works' },
  degraded: { state: 'burning', word: 'degraded' },
  broken: { state: 'exhausted', word: 'broken' },
};
