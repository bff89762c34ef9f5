#!/bin/sh
# Installs the Debian packages named as arguments where it may, and names the missing ones where it may not.
set -u
command -v dpkg-query >/dev/null 2>&1 || exit 0
missing=""
for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "System packages that may be missing:$missing"
    echo "Install them with: sudo apt-get install$missing"
    exit 0
fi
echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
apt-get install -y --no-install-recommends $missing >/dev/null 2>&1 && exit 0
apt-get update >/dev/null 2>&1
# shellcheck disable=SC2086
apt-get install -y --no-install-recommends $missing >/dev/null || { echo "Could not install:$missing"; exit 1; }
