/** Made-up services of the story: settings needs the integrations, some run by others; one of them burned first. */
import { Fault, type Client, type DependencyView, type ServiceRow, type SloRow } from '../client';
import { NOW, type Mode } from './world';

function serviceRows(mode: Mode): ServiceRow[] {
  if (mode === 'empty' || mode === 'loading') return [];
  const row = (name: string, patch: Partial<ServiceRow> = {}): ServiceRow => ({
    name,
    title: '',
    third_party: false,
    slos: 1,
    needs: [],
    needed_by: [],
    ...patch,
  });
  const need = (service: string, defined = false) => ({ service, declared: !defined, defined });
  return [
    row('accounts', { slos: 2 }),
    row('identity-provider', { third_party: true, needed_by: ['settings'] }),
    row('integrations', { slos: 26, needs: [need('stripe-payments', true)], needed_by: ['settings'] }),
    row('settings', { slos: 6, needs: [need('identity-provider'), need('integrations')] }),
    row('stripe-payments', {
      title: 'Stripe payments',
      third_party: true,
      slos: 0,
      needed_by: ['integrations'],
    }),
  ];
}

type Calls = Pick<
  Client,
  'services' | 'serviceDepend' | 'serviceUndepend' | 'serviceDescribe' | 'serviceForget'
>;

/** The services, as they are declared and described. */
export function servicesOf(mode: Mode, answer: <T>(make: () => T) => Promise<T>): Calls {
  let services = serviceRows(mode);
  const blankService = { name: '', title: '', third_party: false, slos: 0, needs: [], needed_by: [] };
  return {
    services: () => answer(() => services),
    serviceDepend: (name, needs) =>
      answer(() => {
        if (name.trim() === needs.trim())
          throw new Fault('invalid', `${name} cannot depend on itself.`, 'Name two services.');
        const made = (other: string) =>
          services.find((row) => row.name === other) ?? { ...blankService, name: other };
        const changedRow = made(name.trim());
        const need = { service: needs.trim(), declared: true, defined: false };
        const rest = services.filter((row) => row.name !== name.trim() && row.name !== needs.trim());
        services = [
          ...rest,
          { ...changedRow, needs: [...changedRow.needs.filter((n) => n.service !== need.service), need] },
          { ...made(needs.trim()), needed_by: [...new Set([...made(needs.trim()).needed_by, name.trim()])] },
        ].sort((a, b) => a.name.localeCompare(b.name));
        return services;
      }),
    serviceUndepend: (name, needs) =>
      answer(
        () =>
          (services = services.map((row) =>
            row.name === name ? { ...row, needs: row.needs.filter((n) => n.service !== needs) } : row,
          )),
      ),
    serviceDescribe: (name, title, third_party) =>
      answer(
        () => (services = services.map((row) => (row.name === name ? { ...row, title, third_party } : row))),
      ),
    serviceForget: (name) => answer(() => (services = services.filter((row) => row.name !== name))),
  };
}

export function dependenciesOf(row: SloRow | undefined, mode: Mode): DependencyView {
  const of = row ? [row.service] : [];
  if (mode === 'hostile' || row?.service !== 'settings' || row.environment !== 'production')
    return { of, burn_since: null, first: null, rows: [] };
  const line = (service: string, title: string) => ({
    service,
    title,
    third_party: false,
    depth: 1,
    via: null,
    state: 'calm' as string | null,
    slo_id: null as string | null,
    burn_since: null as number | null,
    earlier_s: null as number | null,
    alerts: 0,
  });
  return {
    of,
    burn_since: NOW - 1_500,
    first: 'Payments started burning 4 min earlier',
    rows: [
      {
        ...line('payments', 'Payments'),
        state: 'exhausted',
        slo_id: 'slo-payments-production',
        burn_since: NOW - 1_740,
        earlier_s: 240,
        alerts: 6,
      },
      {
        ...line('api', 'Settings API'),
        state: 'burning',
        slo_id: 'slo-settings-api-availability-production',
        burn_since: NOW - 1_320,
        earlier_s: -180,
        alerts: 8,
      },
      { ...line('identity-provider', 'Identity provider'), state: 'blind', third_party: true },
      {
        ...line('stripe-payments', 'Stripe payments'),
        state: null,
        third_party: true,
        depth: 2,
        via: 'payments',
      },
      line('tax-rates', 'Tax rates'),
    ],
  };
}
