# Programs that come from the operating system: which of them are missing, and how to get them. Sourced by setup.sh.

# missing_packages run|test: what is to be installed, by the names that Debian has for it.
missing_packages() {
    missing=
    has tesseract || missing="$missing tesseract-ocr tesseract-ocr-eng"
    if [ "$1" = test ]; then
        [ -n "${AMQP_URL:-}" ] || has_rabbitmq || missing="$missing rabbitmq-server"
        [ -n "${DATABASE_URL:-}" ] || has_postgresql || missing="$missing postgresql"
        has_browser || missing="$missing chromium fonts-dejavu-core"
        has_libatomic || missing="$missing libatomic1"
    fi
    printf '%s' "${missing# }"
}

has() { command -v "$1" >/dev/null 2>&1; }

# Debian keeps servers out of the PATH of ordinary people.
has_rabbitmq() { has rabbitmq-server || [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ]; }

has_postgresql() {
    for program in /usr/lib/postgresql/*/bin/postgres; do
        [ ! -x "$program" ] || return 0
    done
    has postgres
}

# The same names as in tests/browser/chromium.py. A browser of Debian's comes with no fonts of its own, so they are asked for together.
has_browser() {
    [ -n "${CHROMIUM:-}" ] || has chromium || has chromium-browser || has google-chrome ||
        [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

# Playwright drives the browser with a program of its own, and that needs this library.
has_libatomic() {
    [ "$(uname -s)" = Linux ] || return 0
    for library in /usr/lib/*/libatomic.so.1 /usr/lib64/libatomic.so.1 /usr/lib/libatomic.so.1; do
        [ ! -e "$library" ] || return 0
    done
    false
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# sudo may ask for a password where there is somebody to type it.
can_sudo() { has sudo && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; }

can_apt() { has apt-get && { is_root || can_sudo; }; }

as_root() {
    if is_root; then
        "$@"
    else
        sudo "$@"
    fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "$@"
}

apt_knows() { apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [0-9]'; }

# how_to_install run|test: a sentence for the person at the keyboard.
how_to_install() {
    servers=
    case $(uname -s) in
        Darwin)
            [ "$1" = run ] || servers=" rabbitmq postgresql@16"
            echo "to install them: brew install tesseract$servers"
            [ "$1" = run ] || has_browser || echo "and for the tests in a browser: brew install --cask google-chrome"
            ;;
        MINGW* | MSYS* | CYGWIN*)
            echo "on Windows, work on ChartRelay in WSL (wsl --install); to run it only: winget install UB-Mannheim.TesseractOCR"
            ;;
        *)
            if has dnf; then
                [ "$1" = run ] || servers=" rabbitmq-server postgresql-server chromium dejavu-sans-fonts libatomic"
                echo "to install them: sudo dnf install tesseract$servers"
            elif has apt-get; then
                echo "to install them, as root: apt-get install $(missing_packages "$1")"
            else
                [ "$1" = run ] || servers=", RabbitMQ, PostgreSQL 14 or later and Chromium"
                echo "install Tesseract with its English data$servers with this system's package manager"
            fi
            ;;
    esac
}
