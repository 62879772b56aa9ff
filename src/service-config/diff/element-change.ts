/**
 * One element of a config that differs, as `google.api.ConfigChange` shows it. `element` is a path such as
 * `usage.rules[selector=="pkg.Svc.M"].allow_unregistered_calls`. Values are JSON text (ProtoJSON); a value that is not
 * there is undefined.
 */
export interface ElementChange {
  readonly element: string;
  readonly type: 'added' | 'removed' | 'modified';
  readonly oldValue: string | undefined;
  readonly newValue: string | undefined;
}
