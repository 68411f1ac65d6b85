#!/bin/sh
# Fills a folder with what a capture brings along: the engine and the rules for cookie banners, and the lists of
# advertisements and trackers. For the image as well as for tests; needs npm, and Debian's or Ubuntu's apt.
#
#   fetch.sh FOLDER
#
#   consent        @duckduckgo/autoconsent (MPL-2.0), by version and digest in package-lock.json
#   filter-lists   EasyList and EasyPrivacy (GPL-3+ or CC-BY-SA-3.0+) as Debian has them in its package of uBlock Origin,
#                  the newest that the suite has, like all packages of Debian
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cp "$here/package.json" "$here/package-lock.json" "$work"
npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --silent
cd "$work"
apt-get download --quiet=2 --option APT::Sandbox::User=root webext-ublock-origin-chromium
dpkg-deb --extract webext-ublock-origin-chromium_*.deb lists

mkdir -p made/consent made/filter-lists
package=node_modules/@duckduckgo/autoconsent
cp "$package/dist/autoconsent.cjs.js" "$package/rules/rules.json" "$package/rules/compact-rules.json" \
   "$package/LICENSE" made/consent
cp lists/usr/share/chromium/extensions/ublock-origin/assets/thirdparties/easylist/*.txt made/filter-lists
cp lists/usr/share/doc/webext-ublock-origin-chromium/copyright made/filter-lists
chmod -R a+rX,u+w made

# All at once, so that nobody finds half of it.
mkdir -p "$1"
rm -rf "$1/consent" "$1/filter-lists"
mv made/* "$1"
