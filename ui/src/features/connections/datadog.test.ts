import { describe, expect, it } from 'vitest';
import { asksConsent, faultsOf, formOf, NEW, type Draft } from './datadog';

const draft = (patch: Partial<Draft>): Draft => ({ ...NEW, apiKey: 'a', appKey: 'b', ...patch });

describe('the form for Datadog', () => {
  it('needs a site and both keys', () => {
    expect(faultsOf(draft({}))).toEqual({});
    expect(Object.keys(faultsOf(NEW))).toEqual(['apiKey', 'appKey']);
    expect(faultsOf(draft({ site: '' })).site).toMatch(/missing/);
    expect(faultsOf(draft({ site: 'eu' })).site).toMatch(/no site/);
    expect(faultsOf(draft({ site: 'https://api.datadoghq.eu' })).site).toBeUndefined();
    expect(faultsOf(draft({ interval: 1 })).interval).toBeTruthy();
  });
  it('asks for consent only where keys would be readable', () => {
    expect(asksConsent(draft({ site: 'http://x.example' }))).toBe(true);
    expect(faultsOf(draft({ site: 'http://x.example' })).plain).toBeTruthy();
    expect(asksConsent(draft({ site: 'http://127.0.0.1:8080' }))).toBe(false);
    expect(formOf(draft({ plain: true })).allow_plain_http).toBe(false);
  });
  it('takes keys without the blanks around them', () => {
    expect(formOf(draft({ apiKey: ' k1\n', appKey: '\tk2 ' }))).toMatchObject({
      api_key: 'k1',
      app_key: 'k2',
    });
  });
});
