/** A policy as a sentence, and its trigger as a word with a level: `consumed:50`, `days-left:3`, `exhausted`. */
import type { PolicyRow } from '~/ipc/client';
import { bounded } from '~/shared/format/text';

interface TriggerWord {
  word: string;
  says: string;
  /** What the level counts, its bounds and what to start from; none for triggers without. */
  level?: { label: string; least: number; most: number; usual: number };
}

export const TRIGGERS: TriggerWord[] = [
  {
    word: 'consumed',
    says: 'a share of its budget is spent',
    level: { label: 'Spent, %', least: 1, most: 500, usual: 50 },
  },
  {
    word: 'days-left',
    says: 'its budget will soon be gone',
    level: { label: 'Days left', least: 1, most: 365, usual: 3 },
  },
  { word: 'burn-ticket', says: 'it burns at all' },
  { word: 'burn-page', says: 'it burns fast enough to page' },
  { word: 'exhausted', says: 'its budget is spent' },
  { word: 'blind', says: 'it cannot be seen' },
];

export function taken(trigger: string): { word: string; level: number | null } {
  const [word = '', level] = trigger.split(':');
  return { word, level: level === undefined ? null : Number(level) };
}

export function written(word: string, level: number | null): string {
  return TRIGGERS.find((one) => one.word === word)?.level ? `${word}:${level}` : word;
}

/** What is wrong with a level, or nothing. */
export function levelFault(word: string, level: number | null): string {
  const bounds = TRIGGERS.find((one) => one.word === word)?.level;
  if (!bounds) return '';
  const fits = level !== null && Number.isInteger(level) && level >= bounds.least && level <= bounds.most;
  return fits ? '' : `A whole number from ${bounds.least} to ${bounds.most}.`;
}

export function sentence(policy: PolicyRow): string {
  const what = policy.journey ? bounded(policy.journey, 60) : 'any journey';
  const whose = policy.service ? ` of ${bounded(policy.service, 40)}` : '';
  const where = policy.environment ? bounded(policy.environment, 40) : 'any environment';
  const held = policy.hold_minutes > 0 ? `, and that holds for ${policy.hold_minutes} min` : '';
  const orders: Record<string, string> = {
    notify: 'notify',
    propose: `propose a ${policy.severity} incident`,
    open_incident: `open a ${policy.severity} incident`,
  };
  return `When ${what}${whose} in ${where} ${when(policy.trigger)}${held}: ${orders[policy.action] ?? bounded(policy.action, 30)}.`;
}

function when(trigger: string): string {
  const { word, level } = taken(trigger);
  const says: Record<string, string> = {
    consumed: `has spent ${level} % of its budget`,
    'days-left': `has budget for ${level} ${level === 1 ? 'day' : 'days'} or less`,
    'burn-ticket': 'burns',
    'burn-page': 'burns fast enough to page',
    exhausted: 'has spent its budget',
    blind: 'cannot be seen',
  };
  return says[word] ?? bounded(trigger, 30);
}
