/**
 * What to write instead, for rules of which it is always the same. A finding with a hint of its own has that one; rules
 * whose message says it already, such as `schema` ("expected a string, found a number"), have none.
 */
export const ruleHints: Readonly<Record<string, string>> = {
  'ambiguous-route':
    'Make the paths differ in a fixed segment before the variables, or in the number of segments.',
  'audiences-scheme': 'Name a scheme that has x-google-auth.',
  'auth-audiences-once': 'Remove the audiences of the requirement, or give the provider none.',
  'auth-provider-unique': 'Give every provider an id of its own.',
  'circular-reference': 'Put an object between: only objects can contain themselves, through a property.',
  'definitions-missing': 'Add a definitions section with the schema, or write the schema here.',
  'dns-name':
    'Use lower-case letters, digits, hyphens and dots, such as my-api.endpoints.my-project.cloud.goog.',
  'duplicate-definition': 'Remove one of them, or give it another name.',
  'endpoint-conflict': 'Say the same in all files of a service.',
  'endpoint-name': 'Write the host as the name.',
  'endpoint-several': 'Keep x-google-endpoint on the server that names the service.',
  'endpoints-multiple': 'Keep the entry that is named like the host.',
  'endpoints-not-array': 'Write a list with one entry: [{name: api.example.com, target: 203.0.113.7}]',
  'extension-named-twice': 'Remove the one with the old name.',
  'extension-old-name': 'Rename it; the value stays as it is.',
  'extension-not-convertible': 'Remove it, or move it to where it is read.',
  'extension-without-effect': 'Remove it, or move it to where it is read.',
  'file-extension':
    'Rename it to .yaml, .yml or .json; descriptor sets end in .pb and protobuf sources in .proto.',
  'file-twice': 'Name every file once.',
  'google-allow-value': 'Write all or configured.',
  'hosts-differ': 'All files of one service name the same host; submit other services on their own.',
  'input-size': 'Split the service, or leave out what no operation refers to.',
  'names-differ': 'Write one name in all files, or submit the services on their own.',
  'quota-limit-unique': 'Give every limit a name of its own.',
  'quota-limit-unit': "Write unit: '1/min/{project}'",
  'quota-metric-cost': 'Write 0 or more; calls cannot give quota back.',
  'reference-circular': 'Let one of the references hold the value itself.',
  'reference-missing': 'Check the path behind the #, and submit the file that it is in.',
  'reference-outside': 'Submit the file together with this one and refer to it by a relative path.',
  'security-and': 'Write the schemes in objects of their own, [{a: []}, {b: []}], to take either token.',
  'security-scheme-unsupported': 'Use a scheme of type oauth2 or apiKey.',
  'service-name-differs': 'Write the name of the service that the files are submitted to.',
  'telemetry-unique': 'Remove one of the two, or give it another name.',
  'unknown-field': 'Remove it, or move it to where it is read.',
  'unknown-selector':
    'Write the full name of a method, pkg.Service.Method, or a pattern such as pkg.Service.*',
  'usage-requirement':
    'Use serviceusage.googleapis.com/billing-enabled or serviceusage.googleapis.com/tos/…, or remove it.',
  'verb-collision': 'Give one of them another path.',
};
