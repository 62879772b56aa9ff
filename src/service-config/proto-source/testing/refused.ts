/** A `.proto` text that does not compile: its body behind `syntax = "proto3";` on the same line, and the first finding. */
export interface RefusedCase {
  readonly name: string;
  readonly text: string;
  /** `line:column message`. */
  readonly finding: string;
}

function proto3(name: string, body: string, finding: string): RefusedCase {
  return { name, text: `syntax = "proto3";\n${body}`, finding };
}

function proto2(name: string, body: string, finding: string): RefusedCase {
  return { name, text: `syntax = "proto2";\n${body}`, finding };
}

/** What protoc refuses, too. */
export const refused: readonly RefusedCase[] = [
  // The grammar.
  { name: 'an unknown syntax', text: 'syntax = "proto4";', finding: "1:10 Unknown syntax 'proto4'." },
  proto3('a second syntax', 'syntax = "proto3";', '2:1 The syntax stands once, before everything else.'),
  proto3('a comment without an end', '/* no end', '2:1 The comment has no end.'),
  proto3('a string without an end', 'package "a', '2:9 The string has no end on its line.'),
  proto3(
    'an unknown escape',
    'option java_package = "\\q";',
    '2:24 Invalid escape sequence in string literal.',
  ),
  proto3('a character of no token', 'message M { § }', "2:13 Invalid character '§'."),
  proto3(
    'an octal number with a nine',
    'message M { int32 a = 09; }',
    '2:23 A number that starts with 0 is octal and has only the digits 0 to 7.',
  ),
  proto3(
    'a number glued to a name',
    'message M { int32 a = 1b; }',
    '2:24 A number and what follows it must be apart.',
  ),
  proto3(
    'a statement of no kind',
    'mesage M {}',
    "2:1 Expected a definition such as message, enum or service but found 'mesage'.",
  ),
  proto3('a message without an end', 'message M {', '2:12 Expected a type but found the end of the file.'),
  proto3('a missing semicolon', 'message M { int32 a = 1 }', "2:25 Expected ';' but found '}'."),
  proto3('a field without a number', 'message M { int32 a; }', "2:20 Expected '=' but found ';'."),
  proto3(
    'a field number of text',
    'message M { int32 a = "1"; }',
    '2:23 Expected the number of the field but found \'"1"\'.',
  ),
  proto3('a service with a field', 'service S { int32 a = 1; }', "2:13 Expected 'rpc' but found 'int32'."),
  proto3('two packages', 'package a;\npackage b;', '3:1 A file has one package.'),
  proto3(
    'an import twice',
    'import "google/protobuf/empty.proto";\nimport "google/protobuf/empty.proto";',
    "3:8 'google/protobuf/empty.proto' is imported twice.",
  ),
  proto2(
    'a field without a label',
    'message M { int32 a = 1; }',
    "2:13 Expected 'required', 'optional' or 'repeated' but found 'int32'.",
  ),
  proto3(
    'a required field',
    'message M { required int32 a = 1; }',
    '2:13 Required fields are not allowed in proto3.',
  ),
  proto3(
    'a group in proto3',
    'message M { repeated group A = 1 {} }',
    '2:22 Groups are not allowed in proto3.',
  ),
  proto2(
    'a group in lower case',
    'message M { repeated group a = 1 {} }',
    '2:28 The name of a group starts with a capital letter.',
  ),
  proto3(
    'a default in proto3',
    'message M { int32 a = 1 [default = 1]; }',
    '2:26 Default values are not allowed in proto3.',
  ),
  proto2(
    'a default of a list',
    'message M { repeated int32 a = 1 [default = 1]; }',
    '2:35 A repeated field has no default.',
  ),
  proto2(
    'a default of another type',
    'message M { optional int32 a = 1 [default = "x"]; }',
    '2:45 The default does not fit the type of the field.',
  ),
  proto2(
    'a default that is too large',
    'message M { optional int32 a = 1 [default = 2147483648]; }',
    '2:45 The default does not fit the type of the field.',
  ),
  proto2(
    'two defaults',
    'message M { optional int32 a = 1 [default = 1, default = 2]; }',
    "2:48 'default' is already set.",
  ),
  proto3(
    'a label in a oneof',
    'message M { oneof o { repeated int32 a = 1; } }',
    '2:23 Fields of a oneof have no label.',
  ),
  proto3('an empty oneof', 'message M { oneof o { } }', "2:19 The oneof 'o' has no fields."),
  proto3(
    'a map in a oneof',
    'message M { oneof o { map<int32, int32> a = 1; } }',
    '2:23 A map cannot be an extension or in a oneof.',
  ),
  proto3('a repeated map', 'message M { repeated map<int32, int32> a = 1; }', '2:22 A map has no label.'),
  proto3(
    'a map with keys of floats',
    'message M { map<float, int32> a = 1; }',
    "2:17 'float' cannot be the key of a map.",
  ),
  proto3(
    'a map with keys of messages',
    'message M { map<M, int32> a = 1; }',
    "2:17 'M' cannot be the key of a map.",
  ),
  proto3(
    'a field number of zero',
    'message M { int32 a = 0; }',
    '2:23 Field numbers are between 1 and 536870911.',
  ),
  proto3(
    'a field number that is too large',
    'message M { int32 a = 536870912; }',
    '2:23 Field numbers are between 1 and 536870911.',
  ),
  proto3('an enum without values', 'enum E { }', "2:6 The enum 'E' has no values."),
  proto3(
    'an enum value past 32 bits',
    'enum E { A = 0; B = 2147483648; }',
    '2:21 The number of an enum value must fit 32 bits.',
  ),
  proto3(
    'an extension with a json_name',
    'import "google/protobuf/descriptor.proto"; extend google.protobuf.FileOptions { string a = 50000 [json_name = "b"]; }',
    '2:111 An extension cannot have a json_name.',
  ),
  proto3(
    'an empty statement in a oneof',
    'message M { oneof o { int32 a = 1; ; } }',
    "2:36 Expected a type but found ';'.",
  ),
  proto2(
    'an empty statement in an extension',
    'message M { extensions 5; } extend M { optional int32 a = 5; ; }',
    "2:62 Expected 'required', 'optional' or 'repeated' but found ';'.",
  ),
  // Names.
  proto3('an unknown type', 'message M { Missing a = 1; }', "2:13 'Missing' is not defined."),
  proto3(
    'a type whose file is not imported',
    'message M { google.protobuf.Empty a = 1; }',
    "2:13 'google.protobuf.Empty' is not defined.",
  ),
  proto3(
    'a name that is shadowed',
    'package a.b; message a { } message M { a.b.M m = 1; }',
    "2:40 'a.b.M' is looked up as 'a.b.a.b.M', which is not defined.",
  ),
  proto3('a service as a type', 'service S { } message M { S a = 1; }', "2:27 'S' is not defined."),
  proto3(
    'an enum as a request',
    'enum E { A = 0; } service S { rpc R(E) returns (E); }',
    "2:37 'E' is no message.",
  ),
  proto3(
    'an import that is not there',
    'import "missing.proto";',
    "2:8 The imported file 'missing.proto' was not submitted.",
  ),
  proto3(
    'a message twice',
    'message M { }\nmessage M { }',
    "3:9 'M' is defined more than once in 'refused.proto'.",
  ),
  proto3(
    'a value of two enums',
    'enum E { A = 0; } enum F { A = 0; }',
    "2:28 'A' is defined more than once in 'refused.proto'.",
  ),
  proto3(
    'a field twice',
    'message M { int32 a = 1; int32 a = 2; }',
    "2:32 'M.a' is defined more than once in 'refused.proto'.",
  ),
  proto3(
    'a map entry that collides',
    'message M { message AEntry { } map<int32, int32> a = 1; }',
    "2:32 'M.AEntry' is defined more than once in 'refused.proto'.",
  ),
  proto2(
    'a default that is no value of the enum',
    'enum E { A = 0; } message M { optional E e = 1 [default = B]; }',
    "2:40 The enum 'E' has no value 'B'.",
  ),
  proto2(
    'a default of a message',
    'message M { optional M m = 1 [default = x]; }',
    '2:22 A message has no default.',
  ),
  // Definitions.
  proto3(
    'a field number twice',
    'message M { int32 a = 1; int32 b = 1; }',
    "2:32 Field number 1 of 'M' is used by 'a' and 'b'.",
  ),
  proto3(
    'a field number of protobuf’s own',
    'message M { int32 a = 19000; }',
    '2:19 Field numbers 19000 to 19999 are reserved for protobuf itself.',
  ),
  proto3(
    'a reserved field number',
    'message M { reserved 2 to 4; int32 a = 3; }',
    "2:36 The field number 3 of 'a' is reserved in 'M'.",
  ),
  proto3(
    'a reserved field name',
    'message M { reserved "a"; int32 a = 3; }',
    "2:33 The name 'a' is reserved in 'M'.",
  ),
  proto2(
    'a field number of extensions',
    'message M { extensions 2 to 4; optional int32 a = 3; }',
    "2:47 The field number 3 of 'a' is in an extension range of 'M'.",
  ),
  proto3('ranges that overlap', 'message M { reserved 2 to 4, 3; }', "2:22 Ranges of 'M' overlap at 3."),
  proto3(
    'an extension range in proto3',
    'message M { extensions 2; }',
    '2:24 Extension ranges are not allowed in proto3.',
  ),
  proto3(
    'JSON names that collide',
    'message M { int32 a_b = 1; int32 aB = 2; }',
    "2:34 The JSON name 'aB' of 'M' is used by 'a_b' and 'aB'.",
  ),
  proto3(
    'a packed string',
    'message M { repeated string a = 1 [packed = true]; }',
    "2:29 'M.a' cannot be packed: only lists of numbers can.",
  ),
  proto3(
    'an enum that does not start at zero',
    'enum E { A = 1; }',
    "2:10 The first value of 'E' has to be zero in proto3.",
  ),
  proto3(
    'an enum number twice',
    'enum E { A = 0; B = 0; }',
    "2:17 The number 0 of 'E' is used by 'A' and 'B'; allow_alias is not set.",
  ),
  proto3(
    'a reserved enum number',
    'enum E { reserved 2 to 4; A = 0; B = 4; }',
    "2:34 The number 4 of 'B' is reserved in 'E'.",
  ),
  proto3(
    'a reserved enum name',
    'enum E { reserved "B"; A = 0; B = 4; }',
    "2:31 The name 'B' is reserved in 'E'.",
  ),
  proto2(
    'a map of an enum without zero',
    'enum E { A = 1; } message M { map<int32, E> m = 1; }',
    "2:42 The enum 'E' is the value of a map: its first value has to be zero.",
  ),
  proto2(
    'an extension outside the ranges',
    'message M { extensions 5; } extend M { optional int32 a = 6; }',
    "2:55 'M' has no extension number 6.",
  ),
  proto2(
    'an extension number twice',
    'message M { extensions 5; } extend M { optional int32 a = 5; optional int32 b = 5; }',
    "2:77 Extension number 5 of 'M' is used by 'a' and 'b'.",
  ),
  proto3(
    'an extension of a message in proto3',
    'import "google/protobuf/descriptor.proto"; extend google.protobuf.FileDescriptorSet { string a = 536000000; }',
    '2:94 In proto3, only options can be extended.',
  ),
  proto3(
    'an alias that is none',
    'enum E { option allow_alias = true; A = 0; B = 1; }',
    "2:6 'E' has allow_alias, but no two values with one number.",
  ),
  proto3(
    'enum ranges that overlap',
    'enum E { reserved 2 to 4, 4; A = 0; }',
    "2:19 Ranges of 'E' overlap at 4.",
  ),
  // Options.
  proto3(
    'an unknown option',
    'option java_pakage = "a";',
    "2:8 'java_pakage' is no field of 'google.protobuf.FileOptions'.",
  ),
  proto3('an unknown extension', 'option (nowhere) = 1;', "2:8 '(nowhere)' is not defined."),
  proto3(
    'an annotation without its import',
    'message M { } service S { rpc R(M) returns (M) { option (google.api.http).get = "/"; } }',
    "2:57 '(google.api.http)' is not defined.",
  ),
  proto3(
    'an annotation of another element',
    'import "google/api/annotations.proto"; message M { option (google.api.http).get = "/"; }',
    "2:59 'google.api.http' is no option of 'google.protobuf.MessageOptions'.",
  ),
  proto3(
    'a field that the annotation does not have',
    'import "google/api/annotations.proto"; message M { } service S { rpc R(M) returns (M) { option (google.api.http) = { gett: "/" }; } }',
    "2:118 'gett' is no field of 'google.api.HttpRule'.",
  ),
  proto3(
    'two verbs in one annotation',
    'import "google/api/annotations.proto"; message M { } service S { rpc R(M) returns (M) { option (google.api.http) = { get: "/" put: "/" }; } }',
    "2:127 'put' and 'get' cannot both be set: they are in one oneof.",
  ),
  proto3(
    'an option twice',
    'option java_package = "a"; option java_package = "b";',
    "2:35 'java_package' is already set.",
  ),
  proto3('an option of another type', 'option java_package = 1;', "2:23 'java_package' has to be a string."),
  proto3(
    'a flag that is a number',
    'option java_multiple_files = 1;',
    "2:30 'java_multiple_files' has to be true or false.",
  ),
  proto3(
    'an enum option of no value',
    'option optimize_for = FAST;',
    "2:23 'optimize_for' has to be a value of 'google.protobuf.FileOptions.OptimizeMode'.",
  ),
  proto3(
    'a field of an option that is no message',
    'option java_package.x = "a";',
    "2:8 'java_package' is no single message and has no fields to set.",
  ),
];

/** What protoc 3.21 lets pass and newer ones do not. */
export const refusedHere: readonly RefusedCase[] = [
  proto3(
    'a range that ends before it starts',
    'message M { reserved 9 to 2; }',
    '2:22 The range ends at 2, before its start.',
  ),
  proto3(
    'an option that the compiler sets',
    'message M { option map_entry = true; }',
    "2:20 The option 'map_entry' cannot be set.",
  ),
];
