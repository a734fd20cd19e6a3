"""`safehand node backup` and `restore`."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.node_access import NewDir, NodeDir
from services.cli.output import say, working
from services.cli.passphrase import PassphraseFile, RecoveryCodeFile, read_secret
from services.cli.times import now

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup file.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to those of a node."""
    app.command("backup")(backup_node)
    app.command("restore")(restore_node)


def backup_node(
    directory: NodeDir, file: BackupFile, passphrase_file: PassphraseFile = None
) -> None:
    """Write store and keyrings into one file, sealed to the recovery code.

    Works while the node runs. The passphrase shows that you may; the file is opened by the recovery
    code alone, so keep the two apart.
    """
    from services.node.backup import write_backup

    passphrase = read_secret(passphrase_file, "Passphrase")
    with working("Writing the backup ..."):
        write_backup(directory, file, passphrase=passphrase, now=now())
    say(f"Backup written to {file}. It is of use only together with the recovery code.")


def restore_node(
    directory: NewDir,
    file: BackupFile,
    recovery_code_file: RecoveryCodeFile = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a node's folder anew from a backup and its recovery code, with a new passphrase.

    Never run the old folder again: two nodes with one identity contradict each other. What others
    released to it stays closed, and nothing is granted, until the hub has said what was revoked
    since.
    """
    from services.node.backup import restore_backup

    code = read_secret(recovery_code_file, "Recovery code")
    new = read_secret(passphrase_file, "New passphrase", new=True)
    with working("Restoring ..."):
        restore_backup(file, directory, recovery_code=code, new_passphrase=new, now=now())
    say(f"Restored into {directory}. Start it with: safehand node serve --dir {directory}")
