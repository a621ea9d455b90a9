/** The form for Datadog: what it starts from, what is wrong with it, and what the core is told. */
import type { DatadogForm } from '~/ipc/client';

export interface Draft {
  site: string;
  name: string;
  apiKey: string;
  appKey: string;
  interval: number;
  plain: boolean;
}

export const NEW: Draft = {
  site: 'datadoghq.com',
  name: 'datadog',
  apiKey: '',
  appKey: '',
  interval: 60,
  plain: false,
};

/** Sites of the vendor; a person may type another. */
export const SITES = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'uk1.datadoghq.com',
  'ddog-gov.com',
  'us2.ddog-gov.com',
];

export type Faults = Partial<Record<keyof Draft, string>>;

/** What the person can see to be wrong without asking anyone. */
export function faultsOf(draft: Draft): Faults {
  const faults: Faults = {};
  const site = draft.site.trim();
  const address = /^https?:\/\/[^\s/@]+/.test(site);
  if (!site) faults.site = 'The site is missing.';
  else if (!address && !/^[\w-]+(\.[\w-]+)+$/.test(site))
    faults.site = 'This is no site of Datadog. Example: datadoghq.eu';
  if (!draft.name.trim()) faults.name = 'The source needs a name.';
  if (!draft.apiKey.trim()) faults.apiKey = 'The API key is missing.';
  if (!draft.appKey.trim()) faults.appKey = 'The application key is missing.';
  if (!(draft.interval >= 10 && draft.interval <= 3600)) faults.interval = 'Between 10 and 3 600 seconds.';
  if (asksConsent(draft) && !draft.plain) faults.plain = 'Agree, or use https.';
  return faults;
}

/** The keys would travel readable for everyone on the way. */
export function asksConsent(draft: Draft): boolean {
  const site = draft.site.trim();
  return /^http:\/\//.test(site) && !/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(site);
}

export function formOf(draft: Draft): DatadogForm {
  return {
    name: draft.name.trim(),
    site: draft.site.trim(),
    interval_s: draft.interval,
    api_key: draft.apiKey.trim(),
    app_key: draft.appKey.trim(),
    allow_plain_http: asksConsent(draft) && draft.plain,
  };
}
