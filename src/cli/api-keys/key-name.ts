import type { Session } from '../session.ts';

/** The place that keys are made in. */
export function keysParent(session: Session): string {
  return `projects/${session.project()}/locations/global`;
}

/** The full name of a key that is given by its id or by its full name. */
export function keyName(session: Session, key: string): string {
  return key.startsWith('projects/') ? key : `${keysParent(session)}/keys/${key}`;
}
