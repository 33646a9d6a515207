#!/bin/sh
# usage: bundle.sh
# A bundle with a changed byte anywhere does not verify, and the file is named: a bundle
# signed with a real key, several hundred single changed bits, files added and taken away.
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
tool=${MESHBENCH:-${BUILD:-$root/build}/meshbench}
command -v ssh-keygen >/dev/null || { echo "SKIPPED: ssh-keygen is not found here"; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

fail() {
    echo "bundle: $*" >&2
    exit 1
}

ssh-keygen -q -t ed25519 -N '' -C test -f key
ssh-keygen -q -t ed25519 -N '' -C other -f other
printf 'alice@example.org %s\n' "$(cat key.pub)" >allowed
printf 'mallory@example.org %s\n' "$(cat other.pub)" >strangers
"$tool" publish "$root/fixtures/results/small.json" --bundle bundle --sign key
(cd bundle && sha256sum --quiet -c SHA256SUMS) || fail "sha256sum does not agree"
ssh-keygen -Y verify -f allowed -I alice@example.org -n meshbench -s bundle/SHA256SUMS.sig \
    <bundle/SHA256SUMS || fail "ssh-keygen does not agree"
"$tool" verify bundle --signer allowed | grep -q 'signed by alice@example.org' || fail "not trusted"
"$tool" verify bundle | grep -q 'signed with ED25519' || fail "not signed"
if "$tool" verify bundle --signer strangers >said; then fail "a stranger's key is trusted"; fi
grep -q 'none of the allowed' said || fail "the stranger is not named"

# Signed for another purpose, with the right key: no signature on a bundle.
cp -R bundle elsewhere
ssh-keygen -q -Y sign -n git -f key <bundle/SHA256SUMS >elsewhere/SHA256SUMS.sig 2>/dev/null
if "$tool" verify elsewhere >said; then fail "a signature in namespace 'git' passes"; fi
grep -q '^elsewhere/SHA256SUMS.sig: error' said || fail "namespace: the file is not named"

python3 - "$tool" <<'PYTHON'
import os, random, shutil, subprocess, sys

tool = sys.argv[1]
random.seed(20261123)
flips = 0
for name in sorted(os.listdir("bundle")):
    data = open(f"bundle/{name}", "rb").read()
    last = len(data) - 1
    for at in sorted({0, 1, last // 2, last - 1, last} | {random.randint(0, last) for _ in range(30)}):
        shutil.rmtree("changed", ignore_errors=True)
        shutil.copytree("bundle", "changed")
        bytes_ = bytearray(data)
        bytes_[at] ^= 1 << random.randrange(8)
        open(f"changed/{name}", "wb").write(bytes_)
        run = subprocess.run([tool, "verify", "changed"], capture_output=True, text=True)
        flips += 1
        # A changed line of SHA256SUMS makes its signature wrong, which names it.
        if run.returncode != 1 or f"changed/{name}" not in run.stdout and "SHA256SUMS" not in run.stdout:
            sys.exit(f"{name}, byte {at}: status {run.returncode}\n{run.stdout}{run.stderr}")
        if name != "SHA256SUMS" and f"changed/{name}" not in run.stdout:
            sys.exit(f"{name}, byte {at}: the file is not named\n{run.stdout}")
for name in sorted(os.listdir("bundle")) + [None]:
    shutil.rmtree("changed", ignore_errors=True)
    shutil.copytree("bundle", "changed")
    if name is None:
        open("changed/extra", "w").write("x")
    else:
        os.remove(f"changed/{name}")
    run = subprocess.run([tool, "verify", "changed"] + (["--signer", "allowed"]), capture_output=True, text=True)
    if run.returncode != 1 or f"changed/{name or 'extra'}" not in run.stdout:
        sys.exit(f"{name}: status {run.returncode}\n{run.stdout}{run.stderr}")
print(f"bundle: {flips} changed bits, each found and placed")
PYTHON
