import { create, equals } from '@bufbuild/protobuf';

import type { Authentication, AuthenticationRule, AuthProvider } from '../../gen/google/api/auth_pb.ts';
import {
  AuthenticationRuleSchema,
  AuthenticationSchema,
  AuthProviderSchema,
} from '../../gen/google/api/auth_pb.ts';
import type { CompileContext } from '../context.ts';
import type { ApiModel } from '../model/api-model.ts';
import type { EmittedMethod } from './method.ts';

/** Providers of all documents, sorted by id, and one rule for every method that has something to say about tokens. */
export function emitAuthentication(
  models: readonly ApiModel[],
  methods: readonly EmittedMethod[],
  context: CompileContext,
): Authentication {
  return create(AuthenticationSchema, {
    providers: mergeProviders(models, context),
    rules: methods.flatMap((method) => emitRule(method, context) ?? []),
  });
}

function emitRule(
  { selector, operation }: EmittedMethod,
  context: CompileContext,
): AuthenticationRule | undefined {
  const { requirements } = operation.security;
  if (requirements === undefined) return undefined;
  const rule = create(AuthenticationRuleSchema, { selector, requirements: [...requirements] });
  return context.origins.set(rule, operation);
}

/** Documents of one service share their providers; two that differ under one id would decide by chance who gets in. */
function mergeProviders(models: readonly ApiModel[], context: CompileContext): AuthProvider[] {
  const byId = new Map<string, AuthProvider>();
  for (const provider of models.flatMap(({ providers }) => providers)) {
    const known = byId.get(provider.id);
    if (known === undefined) byId.set(provider.id, provider);
    else if (!equals(AuthProviderSchema, known, provider)) reportConflict(provider, context);
  }
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

function reportConflict(provider: AuthProvider, context: CompileContext): void {
  const origin = context.origins.of(provider);
  context.diagnostics.error({
    rule: 'provider-conflict',
    location: origin?.location ?? 'toplevel',
    message: `Auth provider '${provider.id}' is defined differently in another OpenAPI file.`,
    hint: 'Give the schemes of different issuers different names.',
    at: origin?.place,
  });
}
