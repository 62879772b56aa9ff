#!/usr/bin/env bash
# Regenerates src/gen from Google's published protos. Needs protoc (Debian: protobuf-compiler) and npm.
#
# The descriptors pass through a set without source information, so the generated code carries the contract
# and none of the prose of the originals.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

(cd "$work" && npm init -y >/dev/null && npm install --ignore-scripts --no-audit --no-fund --silent \
  google-proto-files@6.0.1 @bufbuild/protobuf@2.17.0 @bufbuild/protoc-gen-es@2.17.0)
protos="$work/node_modules/google-proto-files"
mapfile -t files < <(grep -v '^#' "$root/proto/google.list")

protoc -I "$protos" -I "$root/proto" --include_imports --descriptor_set_out="$work/all.pb" "${files[@]}"
# Every file of the closure but google/protobuf, which the runtime library brings.
mapfile -t closure < <(protoc --decode=google.protobuf.FileDescriptorSet google/protobuf/descriptor.proto <"$work/all.pb" |
  sed -n 's/^  name: "\(.*\)"$/\1/p' | grep -v '^google/protobuf/')
mkdir "$work/gen"
protoc --descriptor_set_in="$work/all.pb" \
  --plugin="$work/node_modules/.bin/protoc-gen-es" \
  --es_out="$work/gen" --es_opt=target=ts,import_extension=ts,erasable_syntax=true "${closure[@]}"
# Swapped in whole, so that nothing running from the tree meets a half of it.
mv "$work/gen" "$root/src/gen.new"
[ ! -e "$root/src/gen" ] || mv "$root/src/gen" "$work/old"
mv "$root/src/gen.new" "$root/src/gen"
find "$root/src/gen" -name '*.ts' | wc -l
