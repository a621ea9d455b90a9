/** The words of a postmortem's states, and what may follow on each. */

const WORDS: Record<string, string> = { draft: 'draft', in_review: 'in review', published: 'published' };

export function stateWord(state: string): string {
  return WORDS[state] ?? 'not begun';
}

export interface Step {
  to: string;
  says: string;
  about: string;
}

/** Where it can go from here; the first is the usual way on. */
export function stepsFrom(state: string): Step[] {
  const back = { to: 'draft', says: 'Back to draft', about: 'Its blocks follow the incident again.' };
  const publish = {
    to: 'published',
    says: 'Publish',
    about: 'Timeline, charts and follow-ups keep what they show now.',
  };
  const review = { to: 'in_review', says: 'Ask for review', about: 'Reviewers read it and approve.' };
  if (state === 'draft') return [review, publish];
  if (state === 'in_review') return [publish, back];
  return [back];
}
