#!/usr/bin/env bash
# What `docker build` does, without a Docker engine: reads the Dockerfile and does its COPY and RUN lines in
# a temporary directory, with the Node of this machine; then starts what would be the image's entry point
# and its health check. It proves that the copied files suffice, that they build, and that the production
# packages alone can run the gateway. It does not prove the base image.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
work="$(mktemp -d "${TMPDIR:-/tmp}/yinqi-image-XXXXXX")"
trap 'rm -rf "$work"' EXIT
mkdir "$work/build" "$work/image"

say() { printf 'docker-steps: %s\n' "$*"; }

# copy <from> <into> <source…> <target>: like COPY, a directory's content goes into the target
copy() {
  local from="$1" into="$2"
  shift 2
  local target="${*: -1}" sources=("${@:1:$#-1}") source
  for source in "${sources[@]}"; do
    if [ -d "$from/$source" ]; then
      mkdir -p "$into/$target"
      cp -R "$from/$source/." "$into/$target/"
    elif [[ "$target" == */ ]]; then
      mkdir -p "$into/$target"
      cp "$from/$source" "$into/$target"
    else
      cp "$from/$source" "$into/$target"
    fi
  done
}

stage=none
while read -r instruction rest; do
  case "$instruction" in
    FROM)
      case "$stage" in none) stage=build ;; *) stage=image ;; esac
      say "stage $stage (base $rest)"
      ;;
    COPY)
      read -r -a words <<<"$rest"
      if [ "${words[0]}" = --from=build ]; then
        copy "$work/build" "$work/$stage" "${words[@]:1}"
      else
        copy "$root" "$work/$stage" "${words[@]}"
      fi
      ;;
    RUN)
      if [ "$stage" = build ]; then
        say "$rest"
        (cd "$work/build" && env -u NODE_ENV bash -c "$rest" </dev/null)
      else
        say "not done here, needs the image: $rest"
      fi
      ;;
  esac
done < <(sed 's#/app/##g' "$root/Dockerfile")

cd "$work/image"
export NODE_ENV=production

say 'production packages only'
for package in typescript vitest @biomejs/biome; do
  if [ -e "node_modules/$package" ]; then
    say "node_modules/$package is a development package"
    exit 1
  fi
done

say 'node dist/src/main.js --help'
node dist/src/main.js --help

say 'node dist/src/main.js spec lint'
node dist/src/main.js spec lint

say 'scripts of the store are there'
test -s dist/src/store/scripts/accept.lua

say 'health check against a gateway that lives, one that answers 503, and none'
node -e '
  const { createServer } = require("node:http");
  const { spawn } = require("node:child_process");
  const check = (url) => new Promise((resolve) => {
    spawn("node", ["deploy/healthcheck.mjs", url], { stdio: "inherit" }).on("exit", resolve);
  });
  const server = createServer((request, answer) => {
    answer.writeHead(request.url === "/healthz" ? 200 : 503).end();
  });
  server.listen(0, "127.0.0.1", async () => {
    const at = `http://127.0.0.1:${server.address().port}`;
    const codes = [await check(`${at}/healthz`), await check(`${at}/other`)];
    await new Promise((closed) => server.close(closed));
    codes.push(await check(`${at}/healthz`));
    console.log(`exit codes ${codes.join(", ")}`);
    process.exit(codes.join() === "0,1,1" ? 0 : 1);
  });
'
say 'ok'
