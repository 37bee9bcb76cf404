#!/bin/sh
# The last step of both recipes, run as root in the new root file system.
set -eu

groupadd --gid 10001 slipway
useradd --uid 10001 --gid 10001 --home-dir /home/slipway --no-create-home --shell /bin/sh slipway
mkdir -p /home/slipway /workspace /opt/slipway
[ -e /usr/bin/python ] || ln -s python3 /usr/bin/python

# Nobody becomes somebody else here: no set-uid or set-gid program, no capability of a file.
find / -xdev -type f -perm /6000 -exec chmod a-s {} +

rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/* /usr/share/doc/* /usr/share/man/* \
  /usr/share/info/* /usr/share/locale/* /usr/share/lintian /root/.cache
