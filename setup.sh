#!/usr/bin/env bash
# Installs the system packages that wscope needs on Debian and Ubuntu, and says nothing where none is missing.
#
#   ./setup.sh            to build the program and to open its window
#   ./setup.sh --build    to build it only: the command line needs nothing else
#   ./setup.sh --tests    to pass the tests as well, which open the window on a display and capture on devices of their own
set -euo pipefail

# Cargo needs a C linker, and libpcap for wscope-capture alone: what the window uses is loaded when it opens.
build=(gcc libc6-dev libpcap-dev)
window=(libegl1 libgl1 libgl1-mesa-dri libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libfontconfig1)
tests=(xvfb xauth iproute2 libcap2-bin mount tcpdump util-linux)

case "${1:---window}" in
  --build) wanted=("${build[@]}") ;;
  --window) wanted=("${build[@]}" "${window[@]}") ;;
  --tests) wanted=("${build[@]}" "${window[@]}" "${tests[@]}") ;;
  *)
    echo "usage: ./setup.sh [--build | --window | --tests]" >&2
    exit 2
    ;;
esac

say() { echo "setup.sh: $*" >&2; }

if ! command -v cargo >/dev/null; then
  say "Rust is missing; https://rustup.rs installs it"
  exit 1
fi

# Only Linux loads these libraries from packages.
[ "$(uname -s)" = Linux ] || exit 0

if ! command -v apt-get >/dev/null; then
  say "no apt here; wscope needs, on Fedora: gcc libpcap-devel mesa-libEGL mesa-libGL mesa-dri-drivers libX11-xcb" \
    "libXcursor libXi libxkbcommon-x11 fontconfig xorg-x11-server-Xvfb, on Arch: gcc libpcap mesa libx11 libxcursor" \
    "libxi libxkbcommon-x11 fontconfig xorg-server-xvfb"
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

become=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { say "as root, please: apt-get install ${missing[*]}"; exit 1; }
  become=(sudo)
  if [ -t 0 ]; then
    read -r -p "setup.sh: install ${missing[*]} with sudo? [y/N] " answer
    [[ $answer == [yY]* ]] || { say "not installed: ${missing[*]}"; exit 1; }
  else
    # Nobody is there to be asked, neither by this script nor by sudo for a password.
    become=(sudo -n)
  fi
fi

say "installing ${missing[*]}"
"${become[@]}" apt-get update -qq
"${become[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
