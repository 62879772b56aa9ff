import { BackendRule_PathTranslation } from '../../gen/google/api/backend_pb.ts';
import type { BackendRule } from '../../gen/google/api/backend_pb.ts';

/**
 * Fills in what a backend leaves open: the translation of the level it stands on, the audience (the whole address)
 * when the backend is remote and authentication is not spoken of, `disable_auth` when there is no address.
 */
export function applyBackendDefaults(
  rule: BackendRule,
  pathTranslation: BackendRule_PathTranslation,
): BackendRule {
  if (rule.address === '') {
    if (rule.authentication.case === undefined) rule.authentication = { case: 'disableAuth', value: true };
    return rule;
  }
  if (rule.pathTranslation === BackendRule_PathTranslation.PATH_TRANSLATION_UNSPECIFIED)
    rule.pathTranslation = pathTranslation;
  if (rule.authentication.case === undefined)
    rule.authentication = { case: 'jwtAudience', value: rule.address };
  return rule;
}
