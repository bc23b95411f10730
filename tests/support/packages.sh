# What batchmill needs from the system and how it gets there. Sourced by the scripts, not run.
# shellcheck shell=bash

say() { printf '==> %s\n' "$*"; }

# "debian-12", "ubuntu-24.04", ...; "unknown" where nobody says.
system_name() {
  # shellcheck source=/dev/null
  (. /etc/os-release && echo "${ID}-${VERSION_ID:-}") 2>/dev/null || echo unknown
}

# Boost.JSON first came with 1.75, which is newer than Debian 12's default Boost.
boost_packages() {
  case "$(system_name)" in
    debian-12) echo libboost1.81-dev libboost-json1.81-dev ;;
    *) echo libboost1.83-dev libboost-json1.83-dev ;;
  esac
}

build_packages() {
  echo ca-certificates g++ cmake ninja-build pkg-config
  boost_packages
  echo libssl-dev libyaml-cpp-dev libfmt-dev libcli11-dev zlib1g-dev libzstd-dev
  echo libsqlite3-dev libxxhash-dev libvalijson-dev libpcre2-dev libjemalloc-dev
}

# clang-format has its version in its name because its versions do not agree with one another.
test_packages() { echo catch2 python3 python3-numpy clang-format-14; }

missing_packages() {
  local installed name
  installed=" $(dpkg-query -W -f='${db:Status-Status}:${Package} ' "$@" 2>/dev/null || true)"
  for name in "$@"; do
    [[ $installed == *" installed:$name "* ]] || echo "$name"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update </dev/null
  # dpkg's hundreds of lines say nothing; its errors come by stderr.
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq -o Dpkg::Use-Pty=0 install --yes --no-install-recommends "$@" </dev/null >/dev/null
}

# Installs those of the named packages that dpkg does not have. Where it cannot, it says what is
# needed and returns: the libraries may have come another way, and cmake will tell.
install_packages() {
  local missing=()
  case "$(system_name)" in
    debian-12 | ubuntu-24.04) mapfile -t missing < <(missing_packages "$@") ;;
    *)
      say "This is neither Debian 12 nor Ubuntu 24.04. What is needed has there the names: $*"
      say "Going on with what is installed here."
      return
      ;;
  esac
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    say "Not root, and there is no sudo. As root, run: apt-get install ${missing[*]}"
    say "Going on with what is installed here."
    return
  fi
  say "Installing with apt-get (a minute or two): ${missing[*]}"
  apt_install "${missing[@]}"
}

# cmake takes the launcher from the environment when a build folder is new, so that a ccache which
# comes or goes later rebuilds nothing. Without the sloppiness ccache refuses precompiled headers.
use_ccache() {
  command -v ccache >/dev/null || return 0
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}
}

processors() { nproc 2>/dev/null || echo 2; }
