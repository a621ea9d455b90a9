/** The form for a Prometheus or an Alertmanager: what it starts from, what is wrong with it, and what the core is told. */
import type { SourceForm } from '~/ipc/client';

export interface Draft {
  kind: 'prometheus' | 'alertmanager';
  /** Read the firing alerts of a Prometheus, too. */
  alerts: boolean;
  /** Of an Alertmanager's alerts that name none. */
  environment: string;
  url: string;
  name: string;
  auth: string;
  user: string;
  secret: string;
  headers: string;
  interval: number;
  plain: boolean;
}

export const NEW: Draft = {
  kind: 'prometheus',
  alerts: false,
  environment: '',
  url: '',
  name: '',
  auth: 'none',
  user: '',
  secret: '',
  headers: '',
  interval: 60,
  plain: false,
};

export type Faults = Partial<Record<keyof Draft, string>>;

/** What a source is changed from; its secret stays where it is. */
export function draftOf(form: SourceForm): Draft {
  return {
    kind: form.kind === 'alertmanager' ? 'alertmanager' : 'prometheus',
    alerts: form.alerts,
    environment: form.environment ?? '',
    url: form.url,
    name: form.name,
    auth: form.auth,
    user: form.user ?? '',
    secret: '',
    headers: form.headers.join('\n'),
    interval: form.interval_s,
    plain: form.allow_plain_http,
  };
}

/** What the person can see to be wrong without asking anyone. `keeps`: there is a secret that serves again. */
export function faultsOf(draft: Draft, keeps = false): Faults {
  const faults: Faults = {};
  const url = parsed(draft.url);
  if (!draft.url.trim()) faults.url = 'The address is missing.';
  else if (!url) faults.url = 'This is not an http or https address. Example: https://prometheus.example.com';
  else if (url.username || url.password)
    faults.url = 'Leave user and password out of the address; choose them below.';
  if (!nameOf(draft)) faults.name = 'The source needs a name.';
  if (draft.auth === 'basic' && !draft.user.trim()) faults.user = 'The user is missing.';
  if (draft.auth !== 'none' && !draft.secret && !keeps)
    faults.secret = draft.auth === 'basic' ? 'The password is missing.' : 'The token is missing.';
  const bad = headersOf(draft).find((line) => !/^[\w-]+:\s*\S/.test(line));
  if (bad) faults.headers = `“${bad.slice(0, 40)}” is no header. Write Name: value, one a line.`;
  if (!(draft.interval >= 10 && draft.interval <= 3600)) faults.interval = 'Between 10 and 3 600 seconds.';
  if (asksConsent(draft) && !draft.plain) faults.plain = 'Agree, or use https.';
  return faults;
}

/** Credentials would travel readable for everyone on the way. */
export function asksConsent(draft: Draft): boolean {
  const url = parsed(draft.url);
  if (!url || url.protocol !== 'http:') return false;
  if (['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) return false;
  return draft.auth !== 'none' || headersOf(draft).length > 0;
}

/** The name as typed, or else the host. */
export function nameOf(draft: Draft): string {
  return draft.name.trim() || (parsed(draft.url)?.hostname ?? '');
}

export function formOf(draft: Draft): SourceForm {
  return {
    kind: draft.kind,
    alerts: draft.kind === 'alertmanager' || draft.alerts,
    environment: draft.kind === 'alertmanager' ? draft.environment.trim() || null : null,
    name: nameOf(draft),
    url: draft.url.trim(),
    interval_s: draft.interval,
    auth: draft.auth,
    user: draft.auth === 'basic' ? draft.user.trim() : null,
    secret: draft.auth === 'none' ? null : draft.secret,
    headers: headersOf(draft),
    allow_plain_http: asksConsent(draft) && draft.plain,
  };
}

/** The address as a URL, when it is one we may ask. */
export function parsed(text: string): URL | null {
  try {
    const url = new URL(text.trim());
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
  } catch {
    return null;
  }
}

function headersOf(draft: Draft): string[] {
  return draft.headers
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}
