"""The version of the static files, a part of their address: what is cached is cached for good.

A prefix (``/static/3f2a91c0de/crm/js/app.js``) rather than a hash in each name: modules and stylesheets refer to
each other by relative addresses, which stay as they are written, and nothing needs to be rewritten.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

#: Other packages' static files change with their versions.
PACKAGES = ("django", "django-unfold", "django-ninja")
#: Written last into a folder of collected files.
COLLECTED = ".collected"


def static_version(folder: Path) -> str:
    """Ten hex digits over the content of the folder and the versions of packages with static files."""
    digest = hashlib.sha256(" ".join(version(name) for name in PACKAGES).encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()[:10]


def is_collected(root: Path) -> bool:
    """Whether the folder holds all files with their compressed copies (config.assets.collect)."""
    return (root / COLLECTED).exists()


def is_versioned(path: str, url: str) -> bool:
    """Every static file's address holds the version (WhiteNoise asks)."""
    return True
