/** What is typed about a tracker, and what it needs before the core is asked. */
import type { TrackerForm } from '~/ipc/client';

export const KINDS = [
  ['cloud', 'Jira Cloud'],
  ['datacenter', 'Jira Data Center'],
] as const;

export const BLANK: TrackerForm = {
  name: '',
  kind: 'cloud',
  url: '',
  email: null,
  token: null,
  project: '',
  issue_type: '',
  allow_plain_http: false,
  constants: {},
  expires: null,
  automatic: true,
  label: true,
};

export const kindName = (kind: string): string =>
  kind.endsWith('cloud') ? 'Jira Cloud' : kind.endsWith('datacenter') ? 'Jira Data Center' : kind;

/** A guess at the kind by the address, while nobody has chosen. */
export function guessed(url: string): 'cloud' | 'datacenter' {
  return /\.atlassian\.net(\/|$)/i.test(url.trim()) ? 'cloud' : 'datacenter';
}

/** The token would be readable on the way; a loopback address is nobody's way. */
export function travelsPlain(url: string): boolean {
  return /^http:\/\//i.test(url.trim()) && !/^http:\/\/(localhost|127\.|\[::1\])/i.test(url.trim());
}

/** A name for a tracker from its address, such as `jira-example`. */
export function nameOf(url: string): string {
  try {
    const host = new URL(url.trim()).hostname.split('.')[0] ?? '';
    const plain = host
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '');
    return plain ? (plain.includes('jira') ? plain : `jira-${plain}`).slice(0, 60) : 'jira';
  } catch {
    return 'jira';
  }
}

/** What is missing to look around, by field. */
export function missing(form: TrackerForm): Record<string, string> {
  const out: Record<string, string> = {};
  if (!/^https?:\/\/\S+/i.test(form.url.trim()))
    out.url = 'Write the address, such as https://example.atlassian.net.';
  if (form.kind === 'cloud' && !form.email?.trim())
    out.email = 'Jira Cloud wants the e-mail address whose token it is.';
  if (!form.token?.trim()) out.token = 'The token is missing; make one in Jira and enter it.';
  if (travelsPlain(form.url) && !form.allow_plain_http) out.plain = 'Agree, or use https.';
  return out;
}
