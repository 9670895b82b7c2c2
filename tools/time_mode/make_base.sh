#!/usr/bin/env bash
# Makes the base image of measure.py and pushes it to a registry without TLS:
#   make_base.sh FOLDER REGISTRY/NAME:TAG
# FOLDER gets a Debian system (debootstrap; root is needed), programs that write what
# curl, apt-get, npm and others would (`stubs`), and the files that the lines of
# testdata/dockerfile/time_mode.txt are about. Needs debootstrap, rsync and skopeo.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
base="$1"
image="$2"

if [[ ! -d "${base}/etc" ]]; then
  debootstrap --variant=minbase \
    --include=python3-minimal,attr,acl,libcap2-bin,busybox-static,xz-utils,rsync,sudo,adduser,passwd \
    bookworm "${base}"
fi
# Each RUN hashes every file.
rm -rf "${base}"/usr/share/{doc,locale,man,i18n,zoneinfo,perl} "${base}"/var/{cache/apt/archives,lib/apt/lists}/* \
  "${base}"/usr/lib/x86_64-linux-gnu/{gconv,perl,perl5} "${base}/pristine" "${base}/app"
rm -rf "${base}/stub" && cp -r "${here}/stubs" "${base}/stub" && chmod 755 "${base}"/stub/*

in_base() { chroot "${base}" "$@"; }
in_base sh -c 'getent group sudo || groupadd sudo; getent passwd app || { groupadd -g 1000 app; useradd -u 1000 -g app -m app; }
  getent passwd node || useradd -u 1001 -m node' >/dev/null

mkdir -p "${base}"/{fixtures,app/{bin,conf,data,src},opt/pre/bin,var/www/html,var/cache/nginx,var/log/nginx,lib/apk,etc/sudoers.d,run}
mkdir -p "${base}"/{var/lib/apt/lists,usr/share/keyrings}
printf '#!/bin/sh\nexit 0\n' >"${base}/fixtures/script"
for file in app/{run.sh,a.sh,bin/tool,conf/app.conf,data/seed.db,src/main.c,requirements.txt,configure} start.sh \
  usr/local/bin/entrypoint.sh var/www/html/index.php var/cache/nginx/c var/log/nginx/error.log opt/pre/lib lib/apk/x; do
  cp "${base}/fixtures/script" "${base}/${file}" && chmod 644 "${base}/${file}"
done
: >"${base}/app/gen.py"
chmod 755 "${base}/app/configure"
cp "${base}/bin/true" "${base}/opt/pre/bin/prog"
in_base chown -R www-data /var/www/html
in_base sh -c 'mkdir -p /tmp/made/pkg && cd /tmp/made && echo p >pkg/f && echo p >prog && tar czf /fixtures/a.tar.gz pkg prog && rm -r /tmp/made'
cp "${base}/fixtures/a.tar.gz" "${base}/tmp/a.tar.gz"
echo zip >"${base}/tmp/a.zip"
echo key >"${base}/tmp/key.asc"

for folder in app etc home srv opt root usr/local usr/bin usr/sbin usr/share/keyrings var/log var/lib var/www var/cache \
  lib/apk tmp run; do
  mkdir -p "${base}/pristine/${folder}"
  in_base rsync -aAX "/${folder}/" "/pristine/${folder}/"
done
# All existing files get an old time, so that files that a line writes are newer.
find "${base}" -xdev -exec touch -h -d 2020-01-01T00:00:00Z {} +

work="$(mktemp -d)"
trap 'rm -rf "${work}"' EXIT
tar --xattrs --xattrs-include='security.*' -C "${base}" --exclude='./proc/*' --exclude='./sys/*' --exclude='./dev/*' \
  -cf "${work}/layer.tar" .
digest="$(sha256sum "${work}/layer.tar" | cut -d' ' -f1)"
cat >"${work}/config.json" <<END
{"architecture": "amd64", "os": "linux", "history": [{"created": "2020-01-01T00:00:00Z"}],
 "config": {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]},
 "rootfs": {"type": "layers", "diff_ids": ["sha256:${digest}"]}}
END
cat >"${work}/manifest.json" <<END
[{"Config": "config.json", "Layers": ["layer.tar"], "RepoTags": ["${image}"]}]
END
tar -C "${work}" -cf "${work}/image.tar" manifest.json config.json layer.tar
skopeo copy -q --dest-tls-verify=false "docker-archive:${work}/image.tar" "docker://${image}"
echo "${image}"
