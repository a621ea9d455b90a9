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

/** When it was declared. */
export function declaredAt(incident: IncidentView): number | null {
  return unix(incident.declared_at);
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

/** The known roles, the person's own, then whatever else was assigned. */
export function rolesOf(incident: IncidentView, own: readonly string[] = []): [string, string][] {
  const known = [...new Set<string>([...ROLES, ...own])];
  const more = Object.keys({ ...incident.roles, ...incident.offered }).filter(
    (role) => !known.includes(role),
  );
  return [...known, ...more].map((role): [string, string] => [role, incident.roles[role] ?? '']);
}

/** Streams that have not been heard for too long, while anybody is hurried. */
export function quietStreams(incident: IncidentView, now: number): IncidentView['streams'] {
  return incident.streams.filter(
    ({ outcome, quiet_at }) => incident.pressing && outcome === null && (unix(quiet_at) ?? Infinity) <= now,
  );
}
