"""hotline audit verify | recompute | anchor | public-key."""

import sys
from pathlib import Path

import cyclopts

from hotline.commands import anchor as anchors
from hotline.commands import audit
from hotline.config import read_settings

audit_app = cyclopts.App(name="audit", help="全程留痕")


@audit_app.command
def verify(*, ticket: str | None = None, anchor: Path | None = None, public_key: Path | None = None) -> None:
    """Walk the trail; exit 1 and name the first broken link where it was touched.

    Parameters
    ----------
    ticket
        Only this one.
    anchor
        An anchor that an auditor has kept: finds what was written anew with good hashes, and tickets that are gone.
    public_key
        By which its signature is checked; the one in the data folder where none is given.
    """
    sys.exit(audit.verify(read_settings(), ticket, anchor, public_key))


@audit_app.command(name="anchor")
def anchor_(*, to: Path | None = None) -> None:
    """Put where all trails stand now under one signature, as the worker does daily.

    Parameters
    ----------
    to
        A folder of the auditor's, to which every anchor is copied that is not there yet.
    """
    sys.exit(anchors.make_anchor(read_settings(), to))


@audit_app.command
def public_key() -> None:
    """Print the public key that anchors are checked by."""
    anchors.show_public_key(read_settings())


@audit_app.command
def recompute(*, ticket: str | None = None) -> None:
    """Recompute every due time from the trail; exit 1 where one differs from what is stored."""
    sys.exit(audit.recompute_all(read_settings(), ticket))
