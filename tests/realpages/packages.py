"""Documentation as Debian ships it: downloaded and unpacked into a cache, installed nowhere."""

import subprocess
from pathlib import Path

PAGES_PER_PACKAGE = 8

# Chosen for their different looks: Sphinx themes, AsciiDoc, Texinfo, DocBook, javadoc, mdBook, Doxygen, gtk-doc, and
# hand-made pages of thirty years. A package that this release of Debian doesn't have is left out.
DOCUMENTATION = (
    "apache2-doc",
    "bash-doc",
    "cmake-doc",
    "debian-policy",
    "debian-reference-en",
    "developers-reference",
    "docbook-xsl-doc-html",
    "doxygen-doc",
    "erlang-doc",
    "exim4-doc-html",
    "fontforge-doc",
    "git-doc",
    "gnuplot-doc",
    "haproxy-doc",
    "imagemagick-6-doc",
    "libglib2.0-doc",
    "ncurses-doc",
    "octave-doc",
    "openjdk-17-doc",
    "postfix-doc",
    "postgresql-doc-15",
    "python-django-doc",
    "python-flask-doc",
    "python-jinja2-doc",
    "python-pil-doc",
    "python-sqlalchemy-doc",
    "python3.11-doc",
    "rust-doc",
    "sqlite3-doc",
    "varnish-doc",
    "zsh-doc",
)
# What they link to: scripts, styles and fonts.
_SHARED = (
    "fonts-font-awesome",
    "fonts-lato",
    "fonts-open-sans",
    "fonts-roboto-slab",
    "libjs-bootstrap",
    "libjs-highlight.js",
    "libjs-jquery",
    "libjs-mathjax",
    "libjs-sphinxdoc",
    "libjs-underscore",
    "sphinx-rtd-theme-common",
)
_PLACES = (
    "usr/share/doc",
    "usr/share/gtk-doc/html",
    "usr/share/debian-reference",
    "usr/share/developers-reference",
)


def fetch(cache: Path) -> dict[str, Path]:
    """Return the root that each package is unpacked into; what is there already is not fetched again."""
    shared = {name: root for name in _SHARED if (root := _unpacked(name, cache))}
    documentation = {name: root for name in DOCUMENTATION if (root := _unpacked(name, cache))}
    site = cache / "site"
    for root in (*shared.values(), *documentation.values()):
        _join(root, site)
    return documentation


def pages_of(root: Path) -> list[Path]:
    """Return some pages below an unpacked package, spread over all it has, relative to its root."""
    found = sorted(
        path
        for place in _PLACES
        for path in (root / place).rglob("*.htm*")
        if path.suffix in (".html", ".htm") and path.is_file() and not path.is_symlink()
    )
    step = max(1, len(found) // PAGES_PER_PACKAGE)
    return [path.relative_to(root) for path in found[::step][:PAGES_PER_PACKAGE]]


def _unpacked(name: str, cache: Path) -> Path | None:
    root = cache / "packages" / name
    if root.exists():
        return root
    downloads = cache / "downloads"
    downloads.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["apt-get", "download", name], cwd=downloads, capture_output=True, text=True, check=False)
    archives = sorted(downloads.glob(f"{name}_*.deb"))
    if not archives:
        print(f"{name} is left out: {done.stderr.strip().splitlines()[-1] if done.stderr else 'no such package'}")
        return None
    partial = root.with_name(f"{name}.partial")
    partial.mkdir(parents=True, exist_ok=True)
    subprocess.run(["dpkg-deb", "-x", archives[-1], partial], check=True)
    partial.rename(root)
    return root


def _join(root: Path, site: Path) -> None:
    """Link the files of a package into one tree, in which the packages' links to each other hold."""
    subprocess.run(["cp", "--archive", "--link", "--force", f"{root}/.", site], check=True)
