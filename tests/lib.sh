# Shared by ./demo and ./tests/run: installs what a fresh Debian or Ubuntu lacks, and says so.

# need COMMAND=PACKAGE…: installs the packages of the commands (or, with a leading slash, files) that are missing.
need() {
    local missing=() pair what
    for pair in "$@"; do
        what=${pair%%=*}
        if [[ $what == /* ]]; then [[ -e $what ]] || missing+=("${pair#*=}"); else command -v "$what" >/dev/null || missing+=("${pair#*=}"); fi
    done
    ((${#missing[@]})) || return 0
    echo "-- installing what is missing: ${missing[*]}"
    command -v apt-get >/dev/null || { echo "!! no apt-get here: please install ${missing[*]}" >&2; return 1; }
    local root=()
    ((EUID == 0)) || root=(sudo)
    "${root[@]}" apt-get update -qq || true
    DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
    for pair in "$@"; do
        what=${pair%%=*}
        if [[ $what == /* ]]; then [[ -e $what ]]; else command -v "$what" >/dev/null; fi || { echo "!! $what is still missing after installing ${pair#*=}" >&2; return 1; }
    done
}

need_rust() {
    command -v cargo >/dev/null && return
    echo "!! Rust is missing: install it from https://rustup.rs (version 1.95 or newer), then run this again" >&2
    return 1
}

# What is needed to build.
need_build() { need_rust && need cc=gcc make=make pkg-config=pkg-config; }

# A desk with a person at it: screens, a window manager, an editor, hands, eyes.
need_desk() {
    need Xvfb=xvfb Xephyr=xserver-xephyr openbox=openbox xdotool=xdotool mousepad=mousepad setxkbmap=x11-xkb-utils \
        xprop=x11-utils xwininfo=x11-utils import=imagemagick xclip=xclip tesseract=tesseract-ocr xterm=xterm \
        /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf=fonts-dejavu-core
}
