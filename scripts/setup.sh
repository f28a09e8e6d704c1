# shellcheck shell=sh
# Sets up this checkout; sourced by the scripts beside it, which name the checkout in $root.
#
# set_up run|test makes a virtual environment, installs the pinned packages into it, and sees to
# the system's libraries, fonts and tools. It leaves a stamp in the environment: a digest of what
# it went by, then the paths of all that it found. While the digest holds and the paths exist,
# setting up costs a few milliseconds. Messages go to stderr; what cannot be done ends in status
# 3 and the commands to run by hand.

venv=${PUBLISH_VENV:-$root/.venv}
venv=${venv%/}
case $venv in /*) ;; *) venv=$PWD/$venv ;; esac
python=$venv/bin/python
unset PYTHONHOME PYTHONPATH PYTHONDONTWRITEBYTECODE # compiled files make an idle build quick
if [ -d /opt/homebrew/lib ]; then # where Homebrew's libraries are, for Pythons from elsewhere
  export DYLD_FALLBACK_LIBRARY_PATH="${DYLD_FALLBACK_LIBRARY_PATH:-/opt/homebrew/lib:/usr/local/lib:/usr/lib}"
  [ ! -d /opt/homebrew/opt/openjdk/bin ] || PATH=$PATH:/opt/homebrew/opt/openjdk/bin
fi

say() { printf 'publish: %s\n' "$*" >&2; }

fail() { # the last line is what to do
  say "cannot set up: $1"
  shift
  [ $# -eq 0 ] || printf '  %s\n' "$@" >&2
  exit 3
}

set_up() { # run | test
  pins_of "$1"
  is_set_up "$1" || bring_up "$1"
  export PYTHONPATH="$root" # the package is used where it lies: nothing of ours is installed
}

pins_of() { # run | test; sets $lock, and $more: what npm installs for tests
  case $1 in
    run) lock=$root/requirements.lock more= ;;
    test) lock=$root/requirements-dev.lock more=$root/tests/reader/package-lock.json ;;
  esac
}

bring_up() { # run | test
  find_python
  mkdir -p -- "${venv%/*}" 2>/dev/null
  # Descriptor 9 holds the lock, and so it ends with this shell and its pip, however they end.
  (true >>"$venv.lock") 2>/dev/null ||
    fail "nothing may be written in ${venv%/*}" "choose another place: PUBLISH_VENV=FOLDER"
  exec 9>>"$venv.lock"
  "$base" -I -c 'import fcntl
try: fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError: raise SystemExit(1)' || {
    say "waiting for another set-up to end"
    "$base" -I -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
  }
  if ! is_set_up "$1"; then
    install_from_system "$1"
    make_environment
    install_packages
    [ "$1" != test ] || install_readers
    write_stamp "$1"
    if [ "$1" = test ]; then # which has all that a run needs
      pins_of run
      write_stamp run
    fi
    say "set up"
  fi
  exec 9>&-
}

digest() { # of the pins, of these rules, and of which Python the environment uses
  cat -- "$lock" ${more:+"$more"} "$root/scripts/setup.sh" "$root/scripts/needs.py" | cksum
  readlink -f -- "$python" 2>/dev/null
}

is_set_up() { # run | test
  [ -x "$python" ] && [ -r "$venv/.set-up-$1" ] && [ ! -e "$venv/.unfinished" ] || return 1
  now=$(digest)
  {
    IFS= read -r pins && IFS= read -r which || return 1
    [ "$now" = "$pins${which:+
$which}" ] || return 1
    while IFS= read -r path; do
      [ -e "$path" ] || return 1
    done
  } <"$venv/.set-up-$1"
}

write_stamp() { # run | test
  digest >"$venv/.set-up.new"
  [ "$(wc -l <"$venv/.set-up.new")" -gt 1 ] || echo >>"$venv/.set-up.new"
  asked "$1" | sed -n 's/^have //p' >>"$venv/.set-up.new"
  [ "$1" = run ] || [ ! -d "$venv/readers" ] || echo "$venv/readers" >>"$venv/.set-up.new"
  mv -f -- "$venv/.set-up.new" "$venv/.set-up-$1"
}

# ---- Python

find_python() { # sets $base
  for base in python3 python3.14 python3.13 python3.12 python3.11; do
    "$base" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
  done
  case $(manager) in
    apt) fail "Python 3.11 or newer is needed" "$(as_root "apt-get install python3")" ;;
    brew) fail "Python 3.11 or newer is needed" "brew install python3" ;;
    *) fail "Python 3.11 or newer is needed" "install it, so that the command python3 finds it" ;;
  esac
}

usable() { # the environment as it is
  [ ! -e "$venv/.unfinished" ] &&
    "$python" -I -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

make_environment() {
  ! usable || return 0
  if [ -e "$venv" ]; then
    # Interrupted, or its Python is gone. Only what is an environment is ever removed.
    [ -e "$venv/pyvenv.cfg" ] || [ -e "$venv/.unfinished" ] || [ "$venv" = "$root/.venv" ] ||
      [ -z "$(ls -A -- "$venv")" ] ||
      fail "$venv is not a virtual environment" "choose another place: PUBLISH_VENV=FOLDER"
    rm -rf -- "$venv" || fail "$venv cannot be removed" "rm -rf '$venv'"
  fi
  say "making a virtual environment: $venv"
  { mkdir -- "$venv" && true >"$venv/.unfinished" && "$base" -m venv "$venv" >&2; } ||
    fail "no virtual environment could be made" "$base -m venv '$venv'"
}

install_packages() {
  say "installing the packages of ${lock##*/}"
  unset PIP_TARGET PIP_PREFIX PIP_ROOT
  true >"$venv/.unfinished"
  # The lock is whole, and every file's hash is in it: nothing is left to be resolved.
  set -- install --no-deps --require-hashes -r "$lock"
  "$python" -I -m pip --disable-pip-version-check --quiet --quiet --no-input "$@" --no-user >&2
  installed=$?
  rm -f -- "$venv/.unfinished" # not interrupted: pip leaves an environment whole, old or new
  [ $installed -eq 0 ] ||
    fail "the packages could not be installed" "'$python' -m pip install --no-deps --require-hashes -r '$lock'"
}

install_readers() { # what opens books in tests, where there are Node and a browser
  command -v node >/dev/null && command -v npm >/dev/null && command -v chromium >/dev/null ||
    return 0
  ! cmp -s -- "$more" "$venv/readers/package-lock.json" || return 0
  say "installing the packages of tests/reader"
  rm -rf -- "$venv/readers.new"
  mkdir -- "$venv/readers.new" && cp -- "$more" "${more%-lock.json}.json" "$venv/readers.new" &&
    (cd -- "$venv/readers.new" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) \
      </dev/null >&2 9>&- &&
    rm -rf -- "$venv/readers" && mv -- "$venv/readers.new" "$venv/readers" ||
    say "they could not be installed; tests that need them are skipped"
}

# ---- The system's libraries, fonts and tools

manager() {
  if [ "$(uname -s)" = Darwin ]; then
    echo brew
    return
  fi
  for name in apt-get dnf pacman apk; do
    command -v "$name" >/dev/null 2>&1 && echo "${name%-get}" && return
  done
  echo none
}

asked() { # run | test; prints "have PATH", "need PACKAGE", "want PACKAGE" and "lack WORDS"
  if usable; then interpreter=$python; else interpreter=$base; fi
  "$interpreter" -I "$root/scripts/needs.py" "$(manager)" "$1" 9>&- ||
    fail "scripts/needs.py does not run" "$interpreter -I scripts/needs.py $(manager) $1"
}

listed() { printf '%s\n' "$answers" | sed -n "s/^$1 //p" | tr '\n' ' ' | sed 's/ $//'; }

as_root() { # a command line; prints it as this user may give it
  if [ "$(id -u)" -eq 0 ]; then
    echo "$1"
  elif command -v sudo >/dev/null 2>&1; then
    echo "$1" | sed 's/^/sudo /; s/ && / \&\& sudo /g'
  else
    echo "su -c '$1'"
  fi
}

install_from_system() { # run | test
  answers=$(asked "$1") || exit 3
  need=$(listed need) want=$(listed want)
  [ -n "$need$want$(listed lack)" ] || return 0
  if [ -n "$need" ] && may_install; then
    say "installing from the system's packages: $need"
    # shellcheck disable=SC2086 # a list of names
    install_now $need
  fi
  if [ -n "$want" ] && may_install; then
    known=
    for name in $want; do
      ! is_known "$name" || known="$known $name"
    done
    if [ -n "$known" ]; then
      say "installing from the system's packages:$known"
      # shellcheck disable=SC2086
      install_now $known
    fi
  fi
  answers=$(asked "$1") || exit 3
  need=$(listed need) want=$(listed want)
  lack=$(printf '%s\n' "$answers" | sed -n 's/^lack //p' | tr '\n' ';' | sed 's/;$//; s/;/; /g')
  [ -z "$lack" ] || fail "missing: $lack" "$(by_hand "$need${want:+ $want}")"
  [ -z "$want" ] || say "going on without what can be done without; to have it: $(by_hand "$want")"
}

may_install() {
  case $(manager) in
    apt) [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null ;;
    brew) command -v brew >/dev/null 2>&1 ;;
    *) return 1 ;;
  esac
}

by_hand() { # package names
  case $(manager) in
    apt) as_root "apt-get update && apt-get install $1" ;;
    brew) echo "brew install $1" ;;
    dnf) as_root "dnf install $1" ;;
    pacman) as_root "pacman -S $1" ;;
    apk) as_root "apk add $1" ;;
    *) echo "install them with your system's package manager" ;;
  esac
}

is_known() {
  case $(manager) in
    apt)
      apt-cache show "$1" >/dev/null 2>&1 && return
      [ -n "${refreshed:-}" ] || refresh
      apt-cache show "$1" >/dev/null 2>&1
      ;;
    *) : ;;
  esac
}

apt_get() {
  set -- env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 \
    -o DPkg::Lock::Timeout=300 "$@"
  [ "$(id -u)" -eq 0 ] || set -- sudo -n "$@"
  "$@" </dev/null >"$log" 2>&1 9>&-
}

refresh() {
  refreshed=yes
  log=${log:-$(mktemp)}
  apt_get update
}

install_now() { # package names; what went wrong is shown, and the caller looks again
  log=${log:-$(mktemp)}
  case $(manager) in
    apt)
      # The lists may be absent or old: only then are they fetched.
      apt_get install -y --no-install-recommends "$@" ||
        { refresh && apt_get install -y --no-install-recommends "$@"; }
      ;;
    brew) brew install --quiet "$@" </dev/null >"$log" 2>&1 9>&- ;;
  esac || tail -n 5 -- "$log" >&2
  rm -f -- "$log"
  unset log
}
