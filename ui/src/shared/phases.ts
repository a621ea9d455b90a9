/** The words of an incident: phases in order, severities, roles; and what follows from them. */
import type { IncidentView } from '~/ipc/client';
import { unix } from '~/shared/format/time';

export const PHASES = [
  'investigating',
  'identified',
  'mitigating',
  'monitoring',
  'resolved',
  'reviewed',
] as const;
export const SEVERITIES = ['SEV0', 'SEV1', 'SEV2', 'SEV3'] as const;
export const ROLES = ['commander', 'communications', 'scribe', 'operations', 'subject expert'] as const;

const OVER = ['resolved', 'reviewed', 'cancelled', 'merged'];

export function isOpen(incident: { phase: string }): boolean {
  return !OVER.includes(incident.phase);
}

/** When it was declared: its first entry says so. */
export function declaredAt(incident: IncidentView): number | null {
  const declared = incident.entries.find((entry) => entry.kind === 'declared') ?? incident.entries[0];
  return unix(declared?.at);
}

/** Open ones first, gravest first, newest first. */
export function ordered(incidents: IncidentView[]): IncidentView[] {
  return [...incidents].sort(
    (a, b) =>
      Number(isOpen(b)) - Number(isOpen(a)) ||
      (isOpen(a) ? a.severity.localeCompare(b.severity) : 0) ||
      (declaredAt(b) ?? 0) - (declaredAt(a) ?? 0),
  );
}

/** The known roles, then whatever else was assigned. */
export function rolesOf(incident: IncidentView): [string, string][] {
  const known: [string, string][] = ROLES.map((role) => [role, incident.roles[role] ?? '']);
  const own = Object.entries(incident.roles).filter(([role]) => !(ROLES as readonly string[]).includes(role));
  return [...known, ...own.map(([role, person]): [string, string] => [role, person ?? ''])];
}
