#!/bin/sh
# Stands in for package managers and compilers in the base images of the cases in cases/real: writes the kinds of files that the real
# ones write, without a network, and the same ones every time.
set -e
name=${0##*/}

put() { # PATH TEXT
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$2" > "$1"
}
tool() { # PATH TEXT
  put "$1" "#!/bin/sh
# $2"
  chmod 755 "$1"
}
plain() { # the words without the flags
  words=
  for word; do
    case $word in -* | *=*) ;; *) words="$words $word" ;; esac
  done
}
after() { # FLAG WORD...: the word after the flag
  flag=$1 found=
  shift
  while [ $# -gt 0 ]; do
    if [ "$1" = "$flag" ]; then found=$2; fi
    case $1 in "$flag"=*) found=${1#*=} ;; esac
    shift
  done
}
has() { # FLAG WORD...
  flag=$1
  shift
  for word; do [ "$word" != "$flag" ] || return 0; done
  return 1
}
# The names in package.json, requirements.txt, go.sum, ...: one a line, without versions.
names() { sed -n 's/^[ "]*\([a-z][a-z0-9-]*\)"*[ =:~^].*[0-9].*$/\1/p' "$1"; }

apt() {
  plain "$@"
  set -- $words
  command=$1
  shift
  case $command in
  update)
    put /var/lib/apt/lists/debian_dists_stable_InRelease release
    mkdir -p /var/lib/apt/lists/partial
    chmod 700 /var/lib/apt/lists/partial
    ;;
  install)
    [ -e /var/lib/apt/lists/debian_dists_stable_InRelease ] || { echo "no package lists" >&2; exit 100; }
    for package; do
      put "/usr/share/doc/$package/copyright" "$package"
      put "/var/cache/apt/archives/$package.deb" "$package"
      put "/var/lib/dpkg/info/$package.list" "/usr/bin/$package"
      tool "/usr/bin/$package" "$package"
      mkdir -p /var/lib/dpkg /var/log
      printf 'Package: %s\nStatus: install ok installed\n\n' "$package" >> /var/lib/dpkg/status
      echo "install $package" >> /var/log/dpkg.log
      case $package in
      sudo) chmod 4755 /usr/bin/sudo ;;
      ca-certificates)
        put /usr/share/ca-certificates/one.crt certificate
        mkdir -p /etc/ssl/certs
        ln -sf /usr/share/ca-certificates/one.crt /etc/ssl/certs/one.pem
        ln -sf one.pem /etc/ssl/certs/0123abcd.0
        cat /usr/share/ca-certificates/*.crt > /etc/ssl/certs/ca-certificates.crt
        ;;
      libfoo)
        put /usr/lib/libfoo.so.1.2 library
        ln -sf libfoo.so.1.2 /usr/lib/libfoo.so.1
        ln -sf libfoo.so.1 /usr/lib/libfoo.so
        ;;
      postgresql)
        user postgres 70 /var/lib/postgresql
        mkdir -p /var/lib/postgresql/data
        chmod 700 /var/lib/postgresql/data
        chown -R postgres:postgres /var/lib/postgresql
        ;;
      esac
    done
    ;;
  clean) rm -f /var/cache/apt/archives/*.deb ;;
  purge | remove)
    for package; do
      rm -f "/usr/bin/$package" "/var/lib/dpkg/info/$package.list"
      rm -rf "/usr/share/doc/$package"
    done
    ;;
  esac
}

apk() {
  cached=yes
  ! has --no-cache "$@" || cached=
  plain "$@"
  set -- $words
  command=$1
  shift
  for package; do
    case $command in
    add)
      [ -z "$cached" ] || put /var/cache/apk/APKINDEX.0.tar.gz index
      mkdir -p /lib/apk/db
      echo "P:$package" >> /lib/apk/db/installed
      tool "/usr/bin/$package" "$package"
      ;;
    del)
      sed -i "/^P:$package$/d" /lib/apk/db/installed
      rm -f "/usr/bin/$package"
      ;;
    esac
  done
}

user() { # NAME ID HOME
  echo "$1:x:$2:$2::$3:/bin/sh" >> /etc/passwd
  echo "$1:x:$2:" >> /etc/group
}

modules() { # HOW PACKAGE...: into node_modules
  how=$1
  shift
  for package; do
    put "node_modules/$package/package.json" "{\"name\": \"$package\"}"
    tool "node_modules/$package/cli.js" "$package"
    mkdir -p node_modules/.bin
    ln -sf "../$package/cli.js" "node_modules/.bin/$package"
    if [ "$how" = pnpm ]; then
      put "$HOME/.local/share/pnpm/store/$package" "$package"
      ln -f "$HOME/.local/share/pnpm/store/$package" "node_modules/$package/index.js"
    else
      put "node_modules/$package/index.js" "$package"
      put "$HOME/.$how/_cacache/$package" "$package"
    fi
  done
  put node_modules/.package-lock.json "{}"
}

node_tool() {
  how=$1
  shift
  global=
  ! has -g "$@" || global=yes
  plain "$@"
  set -- $words
  command=${1:-install}
  [ $# -eq 0 ] || shift
  case $command in
  ci | install | add)
    if [ -n "$global" ]; then
      for package; do
        tool "/usr/local/lib/node_modules/$package/cli.js" "$package"
        ln -sf "../lib/node_modules/$package/cli.js" "/usr/local/bin/$package"
      done
    else
      modules "$how" $(names package.json) "$@"
    fi
    ;;
  run | build)
    put dist/index.js "built $(cat src/* 2>/dev/null)"
    put dist/assets/app.css "a {}"
    put node_modules/.cache/build cache
    ;;
  prune) rm -rf node_modules/.cache node_modules/typescript ;;
  esac
}

pip() {
  site=/usr/local
  case $0 in */venv/bin/*) site=${0%/bin/*} ;; esac
  [ -z "$VIRTUAL_ENV" ] || site=$VIRTUAL_ENV
  after --prefix "$@"
  [ -z "$found" ] || site=$found
  ! has --user "$@" || site=$HOME/.local
  after -r "$@"
  list=$found
  cache=${PIP_CACHE_DIR:-$HOME/.cache/pip}
  ! has --no-cache-dir "$@" || cache=
  [ -z "$PIP_NO_CACHE_DIR" ] || cache=
  plain "$@"
  set -- $words
  packages=
  if [ -n "$list" ]; then packages=$(names "$list"); else shift; packages=$*; fi
  for package in $packages; do
    [ -e "$package" ] && continue
    put "$site/lib/python3/site-packages/$package/__init__.py" "$package"
    put "$site/lib/python3/site-packages/$package/__pycache__/__init__.pyc" "$package"
    put "$site/lib/python3/site-packages/$package-1.0.dist-info/RECORD" "$package"
    tool "$site/bin/$package" "$package"
    [ -z "$cache" ] || put "$cache/http/$package" "$package"
  done
}

python() {
  case "$1 $2" in
  "-m venv")
    mkdir -p "$3/bin" "$3/lib/python3/site-packages"
    ln -s lib "$3/lib64"
    ln -s /usr/local/bin/python "$3/bin/python3"
    ln -s python3 "$3/bin/python"
    cp /usr/local/bin/stand-in "$3/bin/pip"
    put "$3/pyvenv.cfg" "home = /usr/local/bin"
    ;;
  "-m pip") shift 2; pip "$@" ;;
  "-m compileall") find . -name '*.py' | while read -r file; do put "$(dirname "$file")/__pycache__/x.pyc" x; done ;;
  *) put static/app.css "a {}" ;;
  esac
}

go() {
  case "$1 $2" in
  "mod download")
    for package in $(names go.mod); do
      dir=/go/pkg/mod/example.com/$package@v1.0.0
      [ ! -e "$dir" ] || continue
      put "$dir/dep.go" "package $package"
      put "/go/pkg/mod/cache/download/$package/v1.0.0.info" "{}"
      chmod 444 "$dir/dep.go"
      chmod 555 "$dir"
    done
    ;;
  "build "* | "install "*)
    put "${GOCACHE:-$HOME/.cache/go-build}/00/x-a" object
    after -o "$@"
    tool "${found:-/go/bin/app}" "built $GOOS $GOARCH $CGO_ENABLED $(cat ./*.go 2>/dev/null)"
    ;;
  esac
}

cargo() {
  put /usr/local/cargo/registry/index/x index
  tool target/release/deps/app-0123 "built $(cat src/*.rs)"
  ln -f target/release/deps/app-0123 target/release/app
  put target/release/app.d "app: src/main.rs"
  put target/.rustc_info.json "{}"
}

jvm() {
  case $name in
  mvn) jar=target/app.jar store=$HOME/.m2/repository ;;
  *) jar=build/libs/app.jar store=$HOME/.gradle/caches ;;
  esac
  put "$store/dep/dep-1.0.jar" dep
  case "$*" in
  *go-offline* | *dependencies*) ;;
  *) put "$jar" "jar of $(find src -type f | sort | xargs cat)" ;;
  esac
}

java() {
  case "$*" in
  *layertools*)
    put dependencies/BOOT-INF/lib/dep.jar dep
    put spring-boot-loader/org/Launcher.class class
    mkdir -p snapshot-dependencies
    put application/BOOT-INF/classes/App.class class
    ;;
  esac
}

dotnet() {
  command=$1
  after -o "$@"
  case $command in
  restore)
    put obj/project.assets.json "{}"
    put "$HOME/.nuget/packages/dep/1.0/dep.dll" dep
    ;;
  build | publish)
    put obj/app.dll "built"
    put "${found:-bin}/app.dll" "built $(cat ./*.cs)"
    put "${found:-bin}/app.runtimeconfig.json" "{}"
    tool "${found:-bin}/app" host
    ;;
  esac
}

bundle() {
  case $1 in
  install)
    for package in $(sed -n 's/^gem "\([a-z]*\)".*/\1/p' Gemfile); do
      put "/usr/local/bundle/gems/$package-1.0/lib/$package.rb" "$package"
      put "/usr/local/bundle/cache/$package-1.0.gem" "$package"
      tool "/usr/local/bundle/bin/$package" "$package"
    done
    ;;
  exec) put public/assets/app.css "a {}" ;;
  esac
}

composer() {
  put vendor/autoload.php "<?php"
  put "${COMPOSER_HOME:-$HOME/.composer}/cache/x" x
  tool vendor/dep/bin/run run
  mkdir -p vendor/bin
  ln -sf ../dep/bin/run vendor/bin/run
}

useradd() {
  id=1001 home= make= group= shell=/bin/sh
  while [ $# -gt 1 ]; do
    case $1 in
    -u | --uid) id=$2; shift ;;
    -d | --home-dir) home=$2; shift ;;
    -g | --gid) group=$2; shift ;;
    -s | --shell) shell=$2; shift ;;
    -G | -c) shift ;;
    -m | --create-home | -rm | -mr) make=yes ;;
    esac
    shift
  done
  home=${home:-/home/$1}
  case $group in
  '')
    group=$id
    echo "$1:x:$id:" >> /etc/group
    ;;
  *[!0-9]*) group=$(sed -n "s/^$group:x:\([0-9]*\):.*/\1/p" /etc/group) ;;
  esac
  echo "$1:x:$id:$group::$home:$shell" >> /etc/passwd
  [ -z "$make" ] || {
    mkdir -p "$home"
    put "$home/.profile" profile
    chown -R "$id:$group" "$home"
    chmod 700 "$home"
  }
}

groupadd() {
  id=1001
  while [ $# -gt 1 ]; do
    case $1 in -g | --gid) id=$2; shift ;; esac
    shift
  done
  echo "$1:x:$id:" >> /etc/group
}

case $name in
apt-get) apt "$@" ;;
npm | yarn | pnpm) node_tool "$name" "$@" ;;
mvn | gradle | gradlew) jvm "$@" ;;
pip3) pip "$@" ;;
python3) python "$@" ;;
*) "$name" "$@" ;;
esac
