/**
 * The core's hints that something changed. One listener for the life of the page; bursts are folded; each interested
 * screen refetches what it shows. A hint may get lost, so screens also refetch when the window is looked at again
 * and once a minute: a missed event costs freshness, never truth.
 */
import { signals } from './client';

type Refetch = () => void | Promise<void>;
interface Interest {
  topics: string[];
  refetch: Refetch;
  running: boolean;
  again: boolean;
}

const FOLD_MS = 120;
/** Somebody typed: the core has folded that already, and a person waits for the word. */
const AT_ONCE = 'postmortem';
const AT_LEAST_EVERY_MS = 60_000;

const interests = new Set<Interest>();
let pending = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Refetch when one of the topics changes; the answer ends the interest. */
export function onChange(topics: string[], refetch: Refetch): () => void {
  const interest: Interest = { topics, refetch, running: false, again: false };
  interests.add(interest);
  return () => interests.delete(interest);
}

/** Tell the screens at once, without waiting for the core's own hint. */
export function changed(topics: string[]): void {
  if (topics.includes(AT_ONCE)) tell(new Set([AT_ONCE]));
  const others = topics.filter((topic) => topic !== AT_ONCE);
  if (others.length === 0) return;
  for (const topic of others) pending.add(topic);
  timer ??= setTimeout(flush, FOLD_MS);
}

/** Start listening; once, when the page starts. The answer stops everything, for tests. */
export async function listen(go: (to: string) => void): Promise<() => void> {
  const everything = () => {
    if (document.visibilityState === 'visible') changed(['profile']);
  };
  const stops = await Promise.all([signals.changed(changed), signals.go(go)]);
  window.addEventListener('focus', everything);
  document.addEventListener('visibilitychange', everything);
  const minute = setInterval(everything, AT_LEAST_EVERY_MS);
  return () => {
    for (const stop of stops) stop();
    window.removeEventListener('focus', everything);
    document.removeEventListener('visibilitychange', everything);
    clearInterval(minute);
    clearTimeout(timer);
    timer = undefined;
  };
}

function flush(): void {
  timer = undefined;
  const topics = pending;
  pending = new Set();
  tell(topics);
}

function tell(topics: Set<string>): void {
  for (const interest of interests) {
    if (topics.has('profile') || interest.topics.some((topic) => topics.has(topic))) void ask(interest);
  }
}

// A slow answer must not pile up requests: one runs, at most one more waits.
async function ask(interest: Interest): Promise<void> {
  if (interest.running) {
    interest.again = true;
    return;
  }
  interest.running = true;
  try {
    await interest.refetch();
  } finally {
    interest.running = false;
  }
  if (interest.again) {
    interest.again = false;
    if (interests.has(interest)) void ask(interest);
  }
}
