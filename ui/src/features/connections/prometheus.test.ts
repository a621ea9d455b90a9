import { describe, expect, it } from 'vitest';
import { asksConsent, draftOf, faultsOf, formOf, nameOf, NEW, type Draft } from './prometheus';

const draft = (patch: Partial<Draft>): Draft => ({
  ...NEW,
  url: 'https://prometheus.example.com/prod',
  ...patch,
});

describe('the form for a Prometheus', () => {
  it('needs nothing but an address', () => {
    expect(faultsOf(draft({}))).toEqual({});
    expect(nameOf(draft({}))).toBe('prometheus.example.com');
    expect(formOf(draft({}))).toMatchObject({
      auth: 'none',
      secret: null,
      user: null,
      headers: [],
      allow_plain_http: false,
    });
  });
  it('says at the field what is wrong', () => {
    expect(faultsOf(NEW).url).toMatch(/missing/);
    expect(faultsOf(draft({ url: 'ftp://x' })).url).toMatch(/not an http/);
    expect(faultsOf(draft({ url: 'https://u:p@x.example' })).url).toMatch(/Leave user/);
    expect(faultsOf(draft({ auth: 'basic' }))).toMatchObject({
      user: expect.any(String),
      secret: expect.any(String),
    });
    expect(faultsOf(draft({ headers: 'X-Scope-OrgID: a\nnonsense' })).headers).toMatch(/nonsense/);
    expect(faultsOf(draft({ interval: 2 })).interval).toBeTruthy();
  });
  it('changes a source without asking for the secret it has', () => {
    const form = formOf(draft({ auth: 'bearer', secret: 't', headers: 'X-Scope-OrgID: a' }));
    const again = draftOf({ ...form, secret: null });
    expect(again).toMatchObject({ auth: 'bearer', secret: '', headers: 'X-Scope-OrgID: a' });
    expect(faultsOf(again, true)).toEqual({});
    expect(faultsOf(again).secret).toBeTruthy();
  });
  it('asks for consent only where credentials would be readable', () => {
    expect(asksConsent(draft({ url: 'http://x.example' }))).toBe(false);
    expect(asksConsent(draft({ url: 'http://x.example', auth: 'bearer' }))).toBe(true);
    expect(asksConsent(draft({ url: 'http://x.example', headers: 'Authorization: x' }))).toBe(true);
    expect(asksConsent(draft({ url: 'http://localhost:9090', auth: 'bearer' }))).toBe(false);
    expect(formOf(draft({ plain: true })).allow_plain_http).toBe(false);
  });
});
