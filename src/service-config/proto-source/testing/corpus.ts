/** Sets of `.proto` texts by path, each with every part of the language that is compiled here. All are correct. */
export const corpus: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a proto3 file of everything': {
    'library/v1/library.proto': `
      // A comment.
      syntax = "proto3";
      package library.v1; /* another
      one */
      import "google/protobuf/timestamp.proto";
      import "google/protobuf/struct.proto";
      option java_package = "com.example" ".library";
      option java_multiple_files = true;
      option optimize_for = CODE_SIZE;
      message Book {
        reserved 100, 200 to 299, 1000 to max;
        reserved "old", 'older';
        string name = 1;
        repeated int32 pages = 2;
        repeated sint64 loose = 3 [packed = false];
        map<string, Chapter> chapters = 4;
        map<uint64, google.protobuf.Value> extras_by_id = 5 [deprecated = true];
        oneof author {
          string pen_name = 6;
          Person person = 7 [json_name = "WHO"];
        }
        optional bytes cover = 8;
        optional .library.v1.Book sequel = 9;
        Kind kind = 10 [deprecated = true, jstype = JS_NORMAL];
        google.protobuf.Timestamp printed = 0xB;
        double d = 12; float f = 13; int64 i64 = 14; uint64 u64 = 15; fixed64 f64 = 16; fixed32 f32 = 0x11;
        ;
        message Chapter { string title = 1; message Page { int32 number = 1; } Page first = 2; }
        message Person { string family_name = 1; Book _best_1_book = 2; }
        enum Kind {
          option allow_alias = true;
          KIND_UNSPECIFIED = 0;
          NOVEL = 1;
          ROMAN = 1 [deprecated = true];
          NEGATIVE = -5;
          LAST = 2147483647;
          reserved 7, 9 to 11, 40 to 50;
          reserved "GONE";
        }
        bool b = 18; string str = 19; uint32 u32 = 20; sfixed32 sf32 = 21; sfixed64 sf64 = 22; sint32 s32 = 23;
      }
      service Library {
        option deprecated = true;
        rpc Get(Book.Chapter) returns (Book);
        rpc Watch (stream Book) returns (stream library.v1.Book) {}
        rpc Up(stream .library.v1.Book) returns (Book) { option idempotency_level = NO_SIDE_EFFECTS; ; }
      }
      enum Outer { ZERO = 0; }
    `,
  },
  'a proto2 file of everything': {
    'old.proto': `
      syntax = "proto2";
      package old.style;
      message Old {
        required string name = 1 [default = "it's \\"quoted\\" \\u00e9\\n"];
        optional int32 count = 2 [default = -7];
        optional uint64 big = 3 [default = 18446744073709551615];
        optional double ratio = 4 [default = 0.1];
        optional double huge = 5 [default = 1e300];
        optional float small = 6 [default = -1.5e-7];
        optional float third = 7 [default = 0.3333333333];
        optional double infinite = 8 [default = -inf];
        optional float unknown = 9 [default = nan];
        optional bool yes = 10 [default = true];
        optional bytes raw = 11 [default = "\\000\\xfe\\377a\\tb\\\\'"];
        optional Color color = 12 [default = GREEN];
        optional group Result = 13 { optional string url = 1; repeated group Deep = 2 { optional int32 x = 1; } }
        repeated int32 packed = 14 [packed = true];
        map<int32, Size> sizes = 15;
        oneof pick { int32 a = 16; string b_c = 17; group Choice = 18 { optional int32 y = 1; } }
        optional double whole = 19 [default = 100000000000000000000.0];
        optional double zero = 20 [default = 0];
        optional float million = 21 [default = 1234567];
        optional int64 hex = 22 [default = 0x7fffffffffffffff];
        extensions 100 to 199, 500;
        extensions 1000 to max;
        enum Color { RED = 3; GREEN = 1; }
        enum Size { S = 0; M = 5; }
        extend Old { optional string inner_extension = 101; repeated Old again = 102; }
      }
      extend Old { optional int32 outer_ext = 100 [default = 5]; optional group GroupExt = 103 { optional int32 z = 1; } }
    `,
  },
  'names that several scopes have': {
    'scopes.proto': `
      syntax = "proto3";
      package a.b;
      message Top {
        message Inner { Inner self = 1; Top.Inner whole = 2; Other other = 3; b.Top by_package = 4; .a.b.Top absolute = 5; }
        message Other { }
        Inner inner = 1;
        Other third = 2;
      }
      message Other { Top.Other nested = 1; }
      message Inner { }
      service S { rpc Another(Other) returns (Top.Inner); }
    `,
  },
  'files that import each other’s imports': {
    'app.proto': `
      syntax = "proto3";
      package app;
      import "facade.proto";
      import public "extra/thing.proto";
      message App { base.Base base = 1; extra.Thing thing = 2; }
    `,
    'facade.proto': `syntax = "proto3"; import public "base.proto"; import weak "extra/thing.proto";`,
    'base.proto': `syntax = "proto3"; package base; message Base { }`,
    'extra/thing.proto': `syntax = "proto3"; package extra; message Thing { }`,
  },
  'http annotations': {
    'http.proto': `
      syntax = "proto3";
      package shelf;
      import "google/api/annotations.proto";
      import "google/api/client.proto";
      import "google/api/field_behavior.proto";
      import "google/api/resource.proto";
      message Shelf {
        option (google.api.resource) = { type: "shelf.example.com/Shelf" pattern: "shelves/{shelf}", pattern: 'racks/' '{rack}' };
        string name = 1 [(google.api.field_behavior) = REQUIRED, (google.api.field_behavior) = IMMUTABLE];
        string parent = 2 [(google.api.resource_reference).type = "shelf.example.com/Shelf"];
      }
      service Shelves {
        option (google.api.default_host) = "shelf.example.com";
        rpc Create(Shelf) returns (Shelf) {
          option (google.api.http) = {
            post: "/v1/{parent=racks/*}/shelves"
            body: "*";
            additional_bindings { custom: { kind: "HEAD", path: "/v1/shelves" } }
            additional_bindings: [{ get: "/a" }, < get: "/b" >]
          };
          option (google.api.method_signature) = "name";
          option (google.api.method_signature) = "parent,name";
          option deprecated = true;
        }
        rpc Get(Shelf) returns (Shelf) {
          option (google.api.http).get = "/v1/{name=shelves/*}";
          option (google.api.http).response_body = "name";
        }
      }
    `,
  },
  'options of one’s own': {
    'options.proto': `
      syntax = "proto2";
      package opts;
      import "google/protobuf/descriptor.proto";
      message Rule {
        optional string text = 1;
        repeated int32 numbers = 2;
        optional Rule child = 3;
        optional Level level = 4;
        map<string, int64> limits = 5;
        optional double ratio = 6;
        optional bytes raw = 7;
        oneof one { bool yes = 8; string no = 9; }
        extensions 100 to 200;
      }
      enum Level { LOW = 1; HIGH = 2; }
      extend Rule { optional string note = 100; }
      message Holder { extend google.protobuf.MessageOptions { optional Rule held = 50001; } }
      extend google.protobuf.FileOptions { optional Rule file_rule = 50000; }
      extend google.protobuf.MessageOptions { optional Rule message_rule = 50000; }
      extend google.protobuf.FieldOptions { repeated Level levels = 50000; optional sint64 signed = 50002; optional float weight = 50003; }
      extend google.protobuf.EnumOptions { optional bool flag = 50000; }
      extend google.protobuf.EnumValueOptions { optional string label = 50000; }
      extend google.protobuf.ServiceOptions { repeated string owners = 50000; }
      extend google.protobuf.MethodOptions { optional fixed32 cost = 50000; }
      extend google.protobuf.OneofOptions { optional bytes mark = 50000; }
    `,
    'user.proto': `
      syntax = "proto3";
      package opts.user;
      import "options.proto";
      option (opts.file_rule).text = "file";
      option (file_rule).child.child.level = HIGH;
      option (.opts.file_rule).numbers = 1;
      option (opts.file_rule).numbers = 2;
      message M {
        option (message_rule) = { text: "a" "b", numbers: [1, 2, 3] child { level: LOW ratio: -1.5 raw: "\\xff" } limits { key: "x" value: 5 } limits: { key: "y", value: -6 } yes: true [opts.note]: "noted" };
        option (opts.Holder.held).(opts.note) = "deep";
        int32 x = 1 [(levels) = LOW, (opts.levels) = HIGH, (signed) = -9, (weight) = 2];
        oneof o { option (mark) = "\\001"; int32 y = 2; }
      }
      enum E { option (flag) = true; A = 0 [(label) = "first"]; }
      service S { option (owners) = "me"; option (owners) = "you"; rpc R(M) returns (M) { option (cost) = 4294967295; } }
    `,
  },
};
