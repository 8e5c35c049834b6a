#!/bin/sh
# The tests drive a real browser with a real Chinese font, and a real PostgreSQL. Install what is missing as root;
# otherwise say which one line does it.
set -eu

packages=""
command -v chromium >/dev/null 2>&1 || packages="$packages chromium"
fc-list :lang=zh 2>/dev/null | grep -q . || packages="$packages fontconfig fonts-wqy-microhei"
[ -n "$packages" ] || exit 0

line="apt-get update && apt-get install -y --no-install-recommends$packages"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing for the browser tests:$packages"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages >/dev/null
else
    echo "the browser tests need:$packages"
    echo "please run: sudo sh -c '$line'"
    exit 1
fi
