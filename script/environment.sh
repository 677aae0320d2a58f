# Sourced by the other scripts: a virtual environment in .venv with the pinned packages of the given lock files.
# Packages are installed again only when a lock file has changed.

cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\033[1m▸ %s\033[0m\n' "$*"; }
fail() { printf '✗ %s\n' "$*" >&2; exit 1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo -n "$@"; else return 1; fi; }

# Installs Debian packages where that is possible; otherwise fails with what to do by hand.
system_packages() {
  command -v apt-get >/dev/null || fail "please install: $*"
  say "system packages: $*"
  as_root apt-get update -qq >/dev/null 2>&1 || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null || fail "please install: $*"
}

# Chromium for the browser tests and the pictures, installed where that is possible. Fails quietly where it is not.
browser() {
  local name
  [ -n "${CHROME_PATH:-}" ] && return 0
  for name in chromium chromium-browser google-chrome; do command -v "$name" >/dev/null && return 0; done
  (system_packages chromium) 2>/dev/null && command -v chromium >/dev/null
}

find_python() {
  for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
      && { command -v "$candidate"; return; }
  done
  fail "Python 3.11 or newer is needed; none was found on the PATH"
}

environment() {
  local python mark lock
  if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    say "virtual environment in .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv 2>/dev/null || { system_packages python3-venv; rm -rf .venv; "$python" -m venv .venv; }
  fi
  for lock in "$@"; do
    mark=.venv/installed-$lock-$(cksum < "$lock" | tr ' ' -)
    [ -e "$mark" ] && continue
    say "packages of $lock ($(grep -c '==' "$lock")): the first time takes a minute or two"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --requirement "$lock" \
      || fail "the packages of $lock could not be installed; see the lines above"
    rm -f ".venv/installed-$lock-"*
    touch "$mark"
  done
}

# Translations are compiled from their .po files; the results are not kept in the repository.
translations() { .venv/bin/pybabel --quiet compile --directory network/translations --statistics >/dev/null 2>&1 \
  || .venv/bin/pybabel compile --directory network/translations; }
