# Shared by ./demo and ./tests/run: installs what a fresh Debian or Ubuntu lacks, and says so.

# has WHAT: a command, a file (/…, * for any), a library for the linker of programs (lib:…), or one to build with (pc:…).
has() {
    case $1 in
        /*) compgen -G "$1" >/dev/null ;;
        # Not by a pipe: grep leaves at the first match, and with pipefail what is written behind it is a failure now and then.
        lib:*) [[ $(PATH=$PATH:/sbin:/usr/sbin ldconfig -p) == *"${1#lib:}"* ]] ;;
        pc:*) pkg-config --exists "${1#pc:}" 2>/dev/null ;;
        *) command -v "$1" >/dev/null ;;
    esac
}

# need WHAT=PACKAGE…: installs the packages of what is missing.
need() {
    local missing=() pair
    for pair in "$@"; do has "${pair%%=*}" || missing+=("${pair#*=}"); done
    ((${#missing[@]})) || return 0
    echo "-- installing what is missing: ${missing[*]}"
    command -v apt-get >/dev/null || { echo "!! no apt-get here: please install ${missing[*]}" >&2; return 1; }
    local root=()
    ((EUID == 0)) || root=(sudo)
    "${root[@]}" apt-get update -qq || true
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    for pair in "$@"; do
        has "${pair%%=*}" || { echo "!! ${pair%%=*} is still missing after installing ${pair#*=}" >&2; return 1; }
    done
}

need_rust() {
    command -v cargo >/dev/null && return
    echo "!! Rust is missing: install it from https://rustup.rs (version 1.95 or newer), then run this again" >&2
    return 1
}

# What is needed to build.
need_build() { need_rust && need cc=gcc make=make pkg-config=pkg-config /usr/include/stdio.h=libc6-dev pc:fontconfig=libfontconfig-dev; }

# What is needed to build for Windows: Debian's Rust with the sources of its standard library, and a C compiler and linker.
need_windows_build() {
    need /usr/bin/cargo=cargo-web /usr/bin/rustc=rustc-web /usr/lib/rustlib/src/rust/library/std/Cargo.toml=rust-web-src \
        x86_64-w64-mingw32-gcc=gcc-mingw-w64-x86-64
}

# A Windows to run it on.
need_wine() { need wine=wine /usr/lib/wine/wine64=wine64; }

# The technician's browser, and what checks its pages.
need_browser() { need chromium=chromium node=nodejs npm=npm; }

# A desk with a person at it: screens, a window manager, an editor, hands, eyes.
need_desk() {
    need Xvfb=xvfb Xephyr=xserver-xephyr openbox=openbox xdotool=xdotool mousepad=mousepad setxkbmap=x11-xkb-utils \
        xprop=x11-utils xwininfo=x11-utils import=imagemagick xclip=xclip tesseract=tesseract-ocr xterm=xterm \
        /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf=fonts-dejavu-core \
        lib:libxkbcommon-x11.so.0=libxkbcommon-x11-0 lib:libX11-xcb.so.1=libx11-xcb1 lib:libXcursor.so.1=libxcursor1 lib:libXi.so.6=libxi6
}
