#!/bin/sh
# Takes out of the capture image what no picture needs; each step gave the same pictures after it as before.
# dpkg does the removing where it can, so that its list, which scanners read, stays true.
set -eu

purge() {
    for package in "$@"; do
        if [ "$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null)" = installed ]; then
            dpkg --purge --force-depends --force-remove-essential --force-remove-protected "$package"
        fi
    done
}

# The drivers of graphics cards with LLVM behind them, and ICU behind that: 200 MB. Chromium has an ICU of its own, and
# draws WebGL by SwiftShader.
purge libgl1-mesa-dri mesa-vulkan-drivers mesa-va-drivers mesa-vdpau-drivers libllvm15 libz3-4 libxml2 libicu72

# For people who debug Vulkan (23 MB), and the user interface of the full Chromium (20 MB).
find /usr/lib /usr/share -name '*VkLayer*' -delete
rm -f /usr/lib/chromium/resources.pak

# Noto Sans CJK draws every character of its sister with serifs (50 MB).
rm -f /usr/share/fonts/opentype/noto/NotoSerifCJK-*.ttc

# Documents except licences, and translations of programs that nobody talks to.
find /usr/share/doc -type f ! -name copyright -delete
rm -rf /usr/share/man /usr/share/info /usr/share/lintian /usr/share/bug /usr/share/locale /usr/share/i18n

# Nobody changes users in here.
find / -xdev -type f -perm /6000 -exec chmod a-s {} +

useradd --system --uid 65532 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin capture

# Last, since the steps above need them.
purge apt libapt-pkg6.0 debconf perl-base
rm -rf /etc/apt /var/lib/apt /var/cache/* /var/log/* /var/lib/dpkg/*-old
mkdir /var/cache/fontconfig
